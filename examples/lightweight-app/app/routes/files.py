import hashlib
import mimetypes
from typing import Annotated

from fastapi import APIRouter, Depends, File, HTTPException, UploadFile
from pydantic import BaseModel

from app.settings import Settings, get_settings

router = APIRouter(tags=["files"])
CHUNK = 64 * 1024


class Received(BaseModel):
    name: str
    size: int
    sha256: str
    media_type: str


@router.post("/upload")
async def upload(
    file: Annotated[UploadFile, File()], settings: Annotated[Settings, Depends(get_settings)]
) -> Received:
    digest, size = hashlib.sha256(), 0
    while chunk := await file.read(CHUNK):
        size += len(chunk)
        if size > settings.upload_limit:
            raise HTTPException(413, f"more than {settings.upload_limit} bytes")
        digest.update(chunk)
    name = file.filename or "unnamed"
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Received(name=name, size=size, sha256=digest.hexdigest(), media_type=media_type)
