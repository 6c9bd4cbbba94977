"""All pushes that a store keeps, which the program itself reads by what they became."""

from sqlalchemy import select

from wxdesk.core.model.push import KeptPush
from wxdesk.store import Store
from wxdesk.store.schema.messaging import raw_pushes


async def kept_pushes(store: Store) -> list[KeptPush]:
    query = select(raw_pushes).order_by(raw_pushes.c.id.desc())
    return await store._db.read(lambda connection: [KeptPush(**row) for row in connection.execute(query).mappings()])
