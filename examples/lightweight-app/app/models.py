"""What the API takes and gives."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Price = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]


class NewItem(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    price: Price
    tags: list[str] = Field(default_factory=list, max_length=10)


class ItemChanges(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=80)
    price: Price | None = None
    tags: list[str] | None = Field(default=None, max_length=10)


class Item(NewItem):
    id: int
