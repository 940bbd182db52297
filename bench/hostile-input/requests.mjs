// Bad requests without end: the same seed makes the same ones.

// mulberry32: small, seeded, good enough to shuffle with
let state = 0;
export const seed = (number) => {
  state = number >>> 0;
};
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
export const pick = (list) => list[below(list.length)];
const id = () =>
  [8, 4, 4, 4, 12].map((n) => Array.from({ length: n }, () => below(16).toString(16)).join("")).join("-");

// Every route with a body, each with a body that would be right.
const bodies = {
  "/v1/documents": { kind: "BOM", external_ref: "ERP-4711" },
  "/v1/documents/ID/versions": { mime_type: "application/json", content: "e30=" },
  "/v1/snapshots": { label: "x" },
  "/v1/snapshots/ID/items": { fact_ids: [id()] },
  "/v1/rule-packages": { name: "x", description: "y" },
  "/v1/rule-packages/ID/versions": { dsl_source: "package a", tests_source: "" },
  "/v1/rule-package-versions/ID/tests:run": { seed: 42 },
  "/v1/battery-products": { sku: "S", name: "N", category: "EV" },
  "/v1/passports": { battery_product_id: id(), serial_number: "1" },
  "/v1/passports/ID/compile": { snapshot_id: id(), rule_package_version_id: id() },
  "/v1/passport-versions/ID/revoke": { reason: "x" },
  "/v1/rule-package-versions/ID/deprecate": { reason: "x" },
  "/v1/jobs": { type: "SWEEP_JOBS", payload: { a: 1 }, priority: 2, scheduled_at: "2099-01-01T00:00:00Z" },
  "/v1/job-schedules/nightly": { type: "SWEEP_JOBS", cron: "17 3 * * *", time_zone: "UTC", catch_up: "last" },
  "/v1/jobs/ID/snooze": { seconds: 60 },
  "/v1/jobs:retry": { status: "DEAD_LETTER" },
  "/v1/jobs:pause": { type: "NEVER", reason: "x" },
  "/v1/jobs:limit": { type: "NEVER", max_running: 4 },
  "/v1/api-keys": { role: "Auditor", label: "x" },
  "/v1/access-policies": { rules: [{ priority: 1, effect: "DENY", permission: "job:read" }] },
  "/v1/webhook-endpoints": { url: "https://example.com/" },
  "/v1/webhook-endpoints/ID/rotate-secret": { overlap_hours: 1 },
  "/v1/webhook-subscriptions": { webhook_endpoint_id: id(), event_type: "*" },
};
const routes = Object.keys(bodies);
const lists = [
  "documents", "snapshots", "rule-packages", "battery-products", "passports", "jobs", "facts", "audit/events",
  "webhook-endpoints", "webhook-subscriptions", "webhook-deliveries",
];
const junk = [
  "\u0000", "'; DROP TABLE jobs; --", "../../etc/passwd", "%00", "${jndi:ldap://x}", "<script>", "\uFFFF",
  "🔋".repeat(50), "NaN", "-0", "1e400", "9".repeat(400), "null", " ", "a".repeat(5000), "\r\nX: y",
];
const wrongValues = [
  null, true, -1, 1.5, 1e308, "", "\u0000", [], {}, [[[]]], "x".repeat(9000), "\uDFFF", { a: { a: 1 } },
  "00000000-0000-0000-0000-00000000000", [null], Number.MAX_SAFE_INTEGER,
];
const rawValues = [
  "NaN", "Infinity", "-Infinity", "1e400", "-1e-400", "0x10", "01", "+1", "1.", ".5", "tru", "undefined",
  '"\\ud800"', '"\\udc00\\ud800"', '"\\x41"', "'single'", '"\t"', "/* c */ 1", "[1,]", "[1 2]", "--1", "1e",
  '"open',
];

const post = (path, body, headers = {}) => ({
  method: path.startsWith("/v1/job-schedules/") ? "PUT" : "POST",
  path: path.replace("ID", id()),
  body,
  headers: { "Content-Type": "application/json", ...headers },
});
const withMember = (path, raw) => {
  const members = Object.entries(bodies[path]).map(([name, value]) => [name, JSON.stringify(value)]);
  const at = below(members.length);
  members[at][1] = raw;
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(",")}}`;
};
const bytes = (n) => Buffer.from(Array.from({ length: n }, () => below(256)));

const queries = ["limit", "cursor", "document_version_id", "aggregate_id", "since", "webhook_endpoint_id"];
const limits = ["0", "-1", "201", "x", "1e9", "99999999999999999999"];
const single = ["jobs", "snapshots", "passport-versions", "webhook-deliveries"];

const head = (key) => `Host: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;
const chunks = ["ZZ\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFFF\r\n", "5\r\nhel\r\n"];
const lines = ["GET", "\u0000\u0001", "POST /v1/jobs", "GET  /v1/jobs HTTP/1.1"];

// Each makes one bad request. A text instead of an object goes to a socket as it is.
export const makers = (key) => [
  () => {
    const p = pick(routes);
    return post(p, withMember(p, pick(rawValues)));
  },
  () => {
    const p = pick(routes);
    return post(p, JSON.stringify({ ...bodies[p], [pick(junk) + below(9)]: pick(wrongValues) }));
  },
  () => {
    const p = pick(routes);
    const n = pick(Object.keys(bodies[p]));
    return post(p, JSON.stringify(bodies[p]).replace("{", `{"${n}":1,`));
  },
  () => {
    const p = pick(routes);
    const text = JSON.stringify(bodies[p]);
    return post(p, text.slice(0, 1 + below(text.length - 1)));
  },
  () => post(pick(routes), Buffer.concat([Buffer.from([0xff]), bytes(below(200))])),
  () => post(pick(routes), Buffer.from(`\uFEFF${JSON.stringify(bodies[routes[0]])}`, pick(["utf8", "utf16le"]))),
  () =>
    post(
      pick(routes),
      Buffer.concat([Buffer.from('{"kind":"'), Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ),
  () => post(pick(routes), pick(["[", '{"a":']).repeat(20 + below(20000))),
  () => post(pick(routes), pick(["[]", "1", '"x"', "null", "true", "  ", "{}{}", "{} x", "[{}]"])),
  () => post(pick(routes), `{${Array.from({ length: below(4000) + 1 }, (_, n) => `"m${n}":0`).join(",")}}`),
  () =>
    post(pick(routes), JSON.stringify(bodies[pick(routes)]), {
      "Content-Type": pick(["text/plain", "application/xml", "multipart/form-data", "x", "application/json+x"]),
    }),
  () => post(pick(routes), bytes(50), { "Content-Encoding": pick(["gzip", "br", "deflate", "zstd", "gzip, gzip"]) }),
  () =>
    post(
      "/v1/snapshots",
      `{"label":"${"x".repeat(300000 + below(1000))}"}`,
      below(2) ? { "Transfer-Encoding": "chunked" } : {},
    ),
  () =>
    post(
      "/v1/webhook-endpoints",
      JSON.stringify({
        url: pick([
          "http://169.254.169.254/",
          "http://[::ffff:10.0.0.1]/",
          "http://0xa9fea9fe/",
          "ftp://x/",
          "javascript:1",
          "http://u:p@x/",
          "//x",
          "http://",
          "http://x\u0000/",
          "file:///etc/passwd",
        ]),
      }),
    ),
  () =>
    post(
      "/v1/rule-packages/ID/versions",
      JSON.stringify({
        dsl_source: pick(["((((", "let ", "\u0000", "field ", "{", "-- "]).repeat(1 + below(3000)),
        tests_source: "",
      }),
    ),
  () => post("/v1/jobs", `{"type":"SWEEP_JOBS","payload":{"a":[${pick(rawValues)}]}}`),
  () => post("/v1/jobs", JSON.stringify({ type: "SWEEP_JOBS", payload: { [pick(junk)]: { a: "\u0000" } } })),
  () => post("/v1/jobs", JSON.stringify({ type: pick(junk), payload: {} })),
  () =>
    post(
      `/v1/job-schedules/${encodeURIComponent(pick(junk))}`,
      JSON.stringify({ type: "SWEEP_JOBS", cron: pick(junk), time_zone: pick(junk) }),
    ),
  () =>
    post(
      "/v1/documents/ID/versions",
      JSON.stringify({
        mime_type: pick(["application/json", "text/html"]),
        content: pick(["!", "===", "e30", "\ud83d\ude00", 5, null]),
      }),
    ),
  () =>
    post(pick(routes), JSON.stringify(bodies["/v1/snapshots"]), {
      "Idempotency-Key": pick(["a b", "é", "x".repeat(201), "\t", " "]),
    }),
  () => ({
    method: "GET",
    path: `/v1/${pick(lists)}?${pick(queries)}=${encodeURIComponent(pick(junk.slice(0, 9)))}&limit=${pick(limits)}`,
    headers: {},
  }),
  () => ({
    method: "GET",
    path: `/v1/${pick(single)}/${encodeURIComponent(pick(junk.slice(1, 8)))}`,
    headers: {},
  }),
  () => ({
    method: "GET",
    path: `/v1/${pick(single)}/${id()}`,
    headers: {},
  }),
  () => ({
    method: pick(["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"]),
    path: `/v1/${pick(["documents", "snapshots", "jobs", "audit/events"])}`,
    headers: {},
  }),
  () => ({
    method: "GET",
    path: "/v1/jobs",
    headers: {
      Authorization: pick([
        "",
        "Bearer",
        "Bearer x",
        "Basic eDp5",
        `Bearer bpc_dev_${"0".repeat(16)}_x`,
        `Bearer ${"x".repeat(8000)}`,
      ]),
    },
  }),
  () => ({
    method: "GET",
    path: `/v1/jobs?x=${"y".repeat(7000 + below(9000))}`,
    headers: { "X-Long": "z".repeat(20000) },
  }),
  () => `GET /v1/jobs HTTP/1.1\r\n${head(key)}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  () => `POST /v1/snapshots HTTP/1.1\r\n${head(key)}Transfer-Encoding: chunked\r\n\r\n${pick(chunks)}\r\n\r\n`,
  () => `${pick(lines)}\r\n${pick(["", "Host: \u0000\r\n", ": x\r\n", "Host: a\r\nHost: b\r\n"])}\r\n`,
];
