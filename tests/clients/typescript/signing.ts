// Signs what leaves as the platform: RFC 9421 over RFC 9530 digests, by Ed25519, in a middleware of
// openapi-fetch, so that the generated client knows nothing of signatures.

import { createHash, type KeyObject, randomUUID, sign } from "node:crypto";
import type { Middleware } from "openapi-fetch";

export interface Signer {
  key: KeyObject;
  keyId: string;
}

export function signing(signer: Signer): Middleware {
  return {
    async onRequest({ request }) {
      const url = new URL(request.url);
      const body = Buffer.from(await request.clone().arrayBuffer());
      const covered: [string, string][] = [
        ["@method", request.method],
        ["@path", url.pathname],
        ["@query", url.search || "?"],
      ];
      if (body.length > 0) {
        const digest = createHash("sha256").update(body).digest("base64");
        request.headers.set("content-digest", `sha-256=:${digest}:`);
        covered.push(["content-digest", `sha-256=:${digest}:`]);
      }
      const key = request.headers.get("idempotency-key");
      if (key !== null) {
        covered.push(["idempotency-key", key]);
      }
      const names = covered.map(([name]) => `"${name}"`).join(" ");
      const created = Math.floor(Date.now() / 1000);
      const parameters = `(${names});created=${created};keyid="${signer.keyId}";nonce="${randomUUID()}"`;
      const lines = covered.map(([name, value]) => `"${name}": ${value}`);
      const base = [...lines, `"@signature-params": ${parameters}`].join("\n");
      const signature = sign(null, Buffer.from(base), signer.key).toString("base64");
      request.headers.set("signature-input", `reinspect=${parameters}`);
      request.headers.set("signature", `reinspect=:${signature}:`);
      return request;
    },
  };
}
