// A client of openapi-typescript's types; what does not fit them is no program.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

async function main() {
  const client = createClient<paths>({
    baseUrl: process.env.API!,
    headers: { Authorization: `Bearer ${process.env.KEY}` },
  });

  const verified = await client.GET("/api/v1/verify", {
    params: { query: { scope: ["events:read", "events:write"] } },
  });
  if (!verified.data) throw new Error(verified.error.detail);
  const good: true = verified.data.valid;

  const body: components["schemas"]["NewEvent"] = {
    name: "Fair",
    starts_at: "2027-04-03T09:00:00Z",
    ends_at: "2027-04-04T09:00:00Z",
  };
  const header = { "Idempotency-Key": '"fetching"' };
  const made = await client.POST("/api/v1/events", { body, params: { header } });
  const again = await client.POST("/api/v1/events", { body, params: { header } });
  if (!made.data || !again.data) throw new Error("not made");
  const stale = await client.PATCH("/api/v1/events/{id}", {
    params: { path: { id: made.data.id }, header: { "If-Match": '"x"' } },
    body: { status: "confirmed" },
  });
  const refused: string = stale.error!.code;

  const dead = createClient<paths>({ baseUrl: process.env.API! });
  const missing = await dead.GET("/api/v1/events");
  console.log(
    JSON.stringify([good, made.data.id === again.data.id, refused, missing.error!.code]),
  );
}

void main();
