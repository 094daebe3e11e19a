"""What the shop has: rows of a database in memory."""

from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import DateTime, Numeric, create_engine, select
from sqlalchemy.dialects import registry
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


class Table(DeclarativeBase):
    """All tables."""


class Row(Table):
    """One item as the database has it."""

    __tablename__ = "items"
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    added: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class NewItem(BaseModel):
    """An item that is added."""

    name: str
    price: Decimal


class Item(NewItem):
    """An item that is there."""

    model_config = ConfigDict(from_attributes=True)
    number: int


def create() -> None:
    """Make the tables."""
    Table.metadata.create_all(engine)


def every() -> list[Item]:
    """All items, by name."""
    with Session(engine) as session:
        return [Item.model_validate(row) for row in session.scalars(select(Row).order_by(Row.name))]


def one(number: int) -> Item | None:
    """The item with that number."""
    with Session(engine) as session:
        row = session.get(Row, number)
        return None if row is None else Item.model_validate(row)


def add(item: NewItem) -> Item:
    """Put an item among the others."""
    with Session(engine) as session:
        row = Row(name=item.name, price=item.price)
        session.add(row)
        session.commit()
        return Item.model_validate(row)


def remove(number: int) -> bool:
    """Take an item away; whether it was there."""
    with Session(engine) as session:
        row = session.get(Row, number)
        if row is not None:
            session.delete(row)
            session.commit()
        return row is not None


def statement(dialect: str) -> str:
    """How a database of that kind is asked for the third ten of the items."""
    query = select(Row.name).where(Row.name.ilike("a%")).order_by(Row.name).limit(10).offset(20)
    return str(query.compile(dialect=registry.load(dialect)()))
