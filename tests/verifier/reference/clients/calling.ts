// A client that @hey-api/openapi-ts made, types and calls.
import { client } from "./hey/client.gen";
import { getApiV1Events, getApiV1Verify, getHealthz, postApiV1Events } from "./hey/index";

async function main() {
  client.setConfig({ baseUrl: process.env.API! as never, auth: () => process.env.KEY });

  const alive = await getHealthz({ throwOnError: true });
  const verified = await getApiV1Verify({
    query: { scope: ["events:read"] },
    throwOnError: true,
  });
  const good: true = verified.data.valid;
  const made = await postApiV1Events({
    body: {
      name: "Fair",
      starts_at: "2027-04-03T09:00:00Z",
      ends_at: "2027-04-04T09:00:00Z",
    },
    headers: { "Idempotency-Key": '"hey"' },
    throwOnError: true,
  });
  const page = await getApiV1Events({ query: { limit: 200 }, throwOnError: true });
  const refused = await getApiV1Events({ auth: undefined });
  console.log(
    JSON.stringify([
      alive.data.status,
      good,
      page.data.data.some((event) => event.id === made.data.id),
      refused.error?.code,
    ]),
  );
}

void main();
