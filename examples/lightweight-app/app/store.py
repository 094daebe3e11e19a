"""The items, kept in memory for as long as the process lives."""

from itertools import count
from typing import Annotated

from fastapi import Depends, Request

from app.models import Item, ItemChanges, NewItem


class ItemStore:
    def __init__(self) -> None:
        self._items: dict[int, Item] = {}
        self._ids = count(1)

    def all(self) -> list[Item]:
        return list(self._items.values())

    def get(self, item_id: int) -> Item | None:
        return self._items.get(item_id)

    def add(self, new: NewItem) -> Item:
        item = Item(id=next(self._ids), **new.model_dump())
        self._items[item.id] = item
        return item

    def change(self, item_id: int, changes: ItemChanges) -> Item | None:
        item = self._items.get(item_id)
        if item is None:
            return None
        item = item.model_copy(update=changes.model_dump(exclude_unset=True))
        self._items[item_id] = item
        return item

    def remove(self, item_id: int) -> bool:
        return self._items.pop(item_id, None) is not None


def get_store(request: Request) -> ItemStore:
    return request.app.state.store


Store = Annotated[ItemStore, Depends(get_store)]
