"""keyshield behind FastAPI, as its README mounts it. Run by its own environment's Python.

    keyshield_app.py default|cached DATABASE DESCRIPTOR

The first line it prints is a JSON list of keys; made here unless the database has some.
"""

import asyncio
import json
import os
import socket
import sys

import aiocache
import uvicorn
from fastapi import Depends, FastAPI
from keyshield import ApiKey, ApiKeyService
from keyshield.api import create_depends_api_key
from keyshield.hasher.argon2 import Argon2ApiKeyHasher
from keyshield.repositories.sql import SqlAlchemyApiKeyRepository
from keyshield.services.cached import CachedApiKeyService
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

MODE, DATABASE, DESCRIPTOR = sys.argv[1:]
KEYS = 20

engine = create_async_engine(f"sqlite+aiosqlite:///{DATABASE}")
sessions = async_sessionmaker(engine, expire_on_commit=False)
hasher = Argon2ApiKeyHasher(pepper="a pepper of the benchmark's own")
cache = aiocache.SimpleMemoryCache()


def service(session):
    """Return the service: with its defaults, or cached and without its random delay."""
    repo = SqlAlchemyApiKeyRepository(session)
    if MODE == "default":
        return ApiKeyService(repo=repo, hasher=hasher)
    return CachedApiKeyService(repo=repo, hasher=hasher, cache=cache, min_delay=0, max_delay=0)


async def injected():
    """Give the service for one request."""
    async with sessions() as session, session.begin():
        yield service(session)


app = FastAPI()
security = create_depends_api_key(injected)


@app.get("/verify")
async def verified(key: ApiKey = Depends(security)):
    """Answer a key that is good."""
    return {"valid": True, "key_id": key.key_id, "name": key.name}


@app.post("/revoke/{key_id}")
async def revoked(key_id: str, keys: ApiKeyService = Depends(injected)):
    """Switch a key off, as its router does."""
    entity = await keys.get_by_key_id(key_id)
    entity.disable()
    await keys.update(entity)
    return {"revoked": key_id}


async def prepare():
    """Make the table and the keys."""
    async with sessions() as session:
        await SqlAlchemyApiKeyRepository(session).ensure_table(async_engine=engine)
    made = []
    if os.environ.get("KEYS") == "make":
        async with sessions() as session, session.begin():
            for number in range(KEYS):
                _, key = await service(session).create(name=f"Key {number}")
                made.append(key)
    print(json.dumps(made), flush=True)


async def main():
    """Serve."""
    await prepare()
    config = uvicorn.Config(app, log_level="critical", access_log=False)
    await uvicorn.Server(config).serve([socket.socket(fileno=int(DESCRIPTOR))])


asyncio.run(main())
