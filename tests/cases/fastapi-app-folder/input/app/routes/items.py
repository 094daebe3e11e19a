from fastapi import APIRouter

router = APIRouter(prefix="/items")


@router.get("/{item}")
def item(item: int) -> int:
    return item
