"""Keys of keyshield, as its service makes them: python keyshield_make.py DATABASE PEPPER."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from keyshield.hasher.argon2 import Argon2ApiKeyHasher
from keyshield.hasher.bcrypt import BcryptApiKeyHasher
from keyshield.repositories.sql import SqlAlchemyApiKeyRepository
from keyshield.services.base import ApiKeyService
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine


async def make(database: str, pepper: str) -> dict[str, str]:
    """Return the keys that were made, by name."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    made = {}
    async with AsyncSession(engine) as session:
        repository = SqlAlchemyApiKeyRepository(session)
        await repository.ensure_table(engine)
        for hasher in (
            Argon2ApiKeyHasher(pepper, PasswordHasher(1, 1024, 1)),
            BcryptApiKeyHasher(pepper, 4),
        ):
            service = ApiKeyService(repository, hasher)
            for name, more in (
                ("Billing", {}),
                ("Shop", {"expires_at": datetime.now(UTC) + timedelta(days=30)}),
                ("gone: switched off", {"is_active": False}),
            ):
                told = f"{name} {type(hasher).__name__}"
                _, made[told] = await service.create(told, scopes=["events:read"], **more)
        await session.commit()
    await engine.dispose()
    return made


print(json.dumps(asyncio.run(make(*sys.argv[1:]))))
