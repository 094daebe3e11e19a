from fastapi import APIRouter, HTTPException, Query, status

from app.models import Item, ItemChanges, NewItem
from app.store import Store

router = APIRouter(prefix="/items", tags=["items"])


@router.get("")
async def list_items(store: Store, tag: str | None = None, limit: int = Query(50, ge=1, le=200)) -> list[Item]:
    return [item for item in store.all() if tag is None or tag in item.tags][:limit]


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_item(new: NewItem, store: Store) -> Item:
    return store.add(new)


@router.get("/{item_id}")
async def read_item(item_id: int, store: Store) -> Item:
    if (item := store.get(item_id)) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such item")
    return item


@router.patch("/{item_id}")
async def change_item(item_id: int, changes: ItemChanges, store: Store) -> Item:
    if (item := store.change(item_id, changes)) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such item")
    return item


@router.delete("/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_item(item_id: int, store: Store) -> None:
    if not store.remove(item_id):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such item")
