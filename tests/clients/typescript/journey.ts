// From the registration to the lineage with nothing but generated types: whatever is misspelt here
// does not compile. Called with the base URL of a sandbox's regulator; tells what came of it as JSON.

import { generateKeyPairSync } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./regulator.ts";
import { signing } from "./signing.ts";

type Notice = components["schemas"]["Notice"];

const baseUrl = process.argv[2] ?? "";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");

function must<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const stranger = createClient<paths>({ baseUrl });
const registered = must(
  await stranger.POST("/registrations", {
    body: {
      passcode: "open sesame",
      uscc: "91310000MA1FL0B92L",
      name: "Example Pay",
      key: {
        algorithm: "ed25519",
        public_key: publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
      },
    },
  }),
);

const regulator = createClient<paths>({ baseUrl });
regulator.use(signing({ key: privateKey, keyId: registered.key_id }));

const declared = must(
  await regulator.POST("/declarations", {
    params: { header: { "Idempotency-Key": "declare-1" } },
    body: {
      purpose: "settlement of cross-border payments",
      legal_basis: "performance of a contract",
      recipient: "acquirer-sg",
      country: "SG",
      fields: [{ name: "amount", category: "M02", desensitisation: "none" }],
      records: 100_000,
      persons: 100,
      valid_from: "2023-06-01T00:00:00Z",
      valid_until: "2023-12-01T00:00:00Z",
    },
  }),
);
const authorization = must(
  await regulator.GET("/authorizations/{id}", { params: { path: { id: declared.authorization ?? "" } } }),
);

const announced = must(
  await regulator.POST("/transmissions", {
    params: { header: { "Idempotency-Key": "announce-1" } },
    body: {
      authorization: authorization.id,
      authorization_version: authorization.version,
      categories: ["M02"],
      purpose: authorization.purpose,
      recipient: authorization.recipient,
      country: authorization.country,
      records: 1,
    },
  }),
);

const payload = "1".repeat(64);
const event = (
  sequence: number,
  type: components["schemas"]["FeedEvent"]["type"],
  data: { records: number; bytes: number; payload: string | null },
): components["schemas"]["FeedEvent"] => ({
  specversion: "1.0",
  id: `${announced.id}/${sequence}`,
  source: "example-pay",
  type,
  subject: announced.id,
  time: new Date().toISOString(),
  sequence,
  data: { ...data, categories: ["M02"], recipient: "acquirer-sg", country: "SG" },
});
const fed = must(
  await regulator.POST("/feed", {
    body: [
      event(1, "transmission.started", { records: 0, bytes: 0, payload: null }),
      event(2, "transmission.progressed", { records: 1, bytes: 412, payload }),
      event(3, "transmission.ended", { records: 1, bytes: 412, payload: null }),
    ],
  }),
);

const closed = await regulator.POST("/transmissions/{id}/closing", {
  params: {
    path: { id: announced.id },
    header: { "Idempotency-Key": "close-1", "If-Match": "*" },
  },
  body: { outcome: "completed", records: 1, bytes: 412, payloads: [payload] },
});
const tag = closed.response.headers.get("etag") ?? "";
const again = await regulator.GET("/transmissions/{id}", {
  params: { path: { id: announced.id }, header: { "If-None-Match": tag } },
});
must(
  await regulator.POST("/lineage", {
    params: { header: { "Idempotency-Key": "lineage-1" } },
    body: {
      items: [
        {
          payload,
          source: "pay-1",
          rule_version: "desensitise-1",
          transmission: announced.id,
          recipient: "acquirer-sg",
          country: "SG",
          categories: ["M02"],
          sent_at: new Date().toISOString(),
        },
      ],
    },
  }),
);
const lineage = must(await regulator.GET("/lineage/{digest}", { params: { path: { digest: payload } } }));

const wrong = await regulator.GET("/declarations/{id}", { params: { path: { id: "dcl-9" } } });

// A notice's type tells the compiler what its data says.
function told(notice: Notice): string {
  switch (notice.type) {
    case "export.suspended":
      return notice.data.case;
    case "export.stopped":
      return notice.data.authorization ?? "everything";
    default:
      return notice.subject;
  }
}
const notices = must(await regulator.GET("/notices"));

console.log(
  JSON.stringify({
    declared: declared.status,
    announced: announced.status,
    accepted: fed.accepted,
    closed: must(closed).status,
    unchanged: again.response.status,
    lineage: lineage.items.map((item) => item.source),
    wrong: wrong.error?.code,
    notices: notices.items.map(told),
  }),
);
