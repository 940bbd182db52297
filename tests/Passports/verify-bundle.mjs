// Verifies a BPC-BUNDLE-1 or BPC-VIEW-1 file against a trusted Ed25519 public key (PEM).
// It follows docs/formats.md and shares no code with BPC.
//   node verify-bundle.mjs FILE KEY.pem      exit 0, or 1 with the first mismatch
// JCS_LIBRARY names a module whose default export canonicalises (RFC 8785), such as npm's canonicalize; without it a few
// lines of our own do, so that the script runs where nothing can be installed.
// What the QR picture shows is left to a QR reader; its file is checked here.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const sectionNames = ["authorities", "legitimate_interest", "public", "restricted"];
const bundleMembers = ["bundle_version", "payload", "proof", "qr_payload", "qr_png", "receipt", "receipt_hash", "sections",
  "signature", "signing_key_public"];
const viewMembers = ["audience", "payload", "receipt", "receipt_hash", "sections", "signature", "signing_key_public",
  "view_version"];
const receiptMembers = ["battery_product_id", "compiler_build_id", "dsl_sha256", "issued_at", "passport_id",
  "passport_version_id", "payload_hash", "proof_root_hash", "receipt_version", "rule_package_version_id", "signature_alg",
  "snapshot_hash", "snapshot_id", "tenant_id", "tests_sha256"];
const payloadMembers = ["battery_product_id", "issued_at", "passport_id", "passport_version_id", "payload_version",
  "sections", "serial_number", "sku"];

const receiptIds = ["battery_product_id", "passport_id", "passport_version_id", "rule_package_version_id", "snapshot_id",
  "tenant_id"];
const receiptHashes = ["dsl_sha256", "payload_hash", "proof_root_hash", "snapshot_hash", "tests_sha256"];
const audiences = ["public", "legitimate_interest", "authorities", "all"];
const outcomes = ["PASS", "FAIL", "NOT_APPLICABLE", "MISSING", "NOT_YET_REQUIRED", "CONDITION_UNRESOLVED"];

// RFC 8785 for what BPC-CJSON-1 allows: JSON.stringify writes strings and safe integers as it wants them, and names sort
// by UTF-16 unit.
function ownCanonical(value) {
  if (Array.isArray(value)) return `[${value.map(ownCanonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${ownCanonical(value[name])}`);
  return `{${members.join()}}`;
}

const library = process.env.JCS_LIBRARY;
const canonical = library ? (await import(library)).default : ownCanonical;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hash = (value) => sha256(canonical(value));
const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);

function check(holds, what) {
  if (!holds) {
    console.error(`MISMATCH ${what}`);
    process.exit(1);
  }
}

function members(object, names, what) {
  check(object !== null && typeof object === "object" && !Array.isArray(object), `${what} is not an object`);
  const found = Object.keys(object).sort();
  check(canonical(found) === canonical([...names].sort()), `${what} has other members than ${names}`);
}

const isText = (value) => typeof value === "string";
const isId = (value) => isText(value) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isHash = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);

// Date reads milliseconds alone, and makes a day of March of one that February has not.
function isTime(value) {
  if (!isText(value) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value)) return false;
  const time = new Date(`${value.slice(0, 23)}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 23) === value.slice(0, 23);
}

function checkForms(payload, receipt, sections) {
  for (const name of receiptIds) check(isId(receipt[name]), `receipt: ${name} is not an id`);
  for (const name of receiptHashes) check(isHash(receipt[name]), `receipt: ${name} is not a hash`);
  check(isTime(receipt.issued_at), "receipt: issued_at is not a time");
  check(isText(receipt.compiler_build_id), "receipt: compiler_build_id is not a string");
  check(isText(payload.sku) && isText(payload.serial_number), "payload: sku or serial_number is not a string");
  for (const name of sectionNames) check(isHash(payload.sections[name]), `payload: ${name} is not a hash`);
  for (const name of Object.keys(sections)) {
    members(sections[name], ["compliance", "fields", "salt"], `section ${name}`);
    check(isText(sections[name].salt) && /^[0-9a-f]{32}$/.test(sections[name].salt), `section ${name}: salt`);
    let last = null;
    for (const line of sections[name].compliance) {
      members(line, ["check", "cites", "outcome"], "compliance line");
      check(isText(line.check) && (last === null || last < line.check), `section ${name}: order of checks`);
      check(outcomes.includes(line.outcome), `check ${line.check}: there is no outcome ${line.outcome}`);
      check(line.cites === null || isText(line.cites), `check ${line.check}: cites`);
      last = line.check;
    }
  }
}

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return bits.match(/.{1,5}/g).map((five) => letters[parseInt(five.padEnd(5, "0"), 2)]).join("");
}

function readProof(proof) {
  members(proof, ["check_index", "field_index", "nodes", "proof_version", "root_hash"], "proof");
  check(proof.proof_version === "BPC-PROOF-1", "proof version");
  proof.nodes.forEach((node, id) => {
    members(node, ["children", "data", "hash", "id", "type"], `node ${id}`);
    check(node.id === id, `node ${id}: its id`);
    check(node.children.every((child) => child >= 0 && child < id), `node ${id}: a child that is no earlier node`);
    const children_hashes = node.children.map((child) => proof.nodes[child].hash);
    check(node.hash === hash({ type: node.type, data: node.data, children_hashes }), `node ${id}: hash`);
  });
  const roots = [...Object.values(proof.field_index), ...Object.values(proof.check_index)];
  const used = new Set([...roots, ...proof.nodes.flatMap((node) => node.children)]);
  check(proof.nodes.every((node) => used.has(node.id)), "proof: a node that belongs to no field and no check");
  const hashes = (index) => Object.fromEntries(Object.entries(index).map(([name, id]) => [name, proof.nodes[id].hash]));
  const rootHash = hash({ checks: hashes(proof.check_index), fields: hashes(proof.field_index) });
  check(proof.root_hash === rootHash, "proof root hash");
}

function result(proof, id) {
  const { type, data, children } = proof.nodes[id];
  return type === "FIELD_REF" ? result(proof, children[0]) : type === "CONST" ? data.value : data.result;
}

function checkSections(sections, proof) {
  const fields = new Set();
  const checks = new Set();
  const walk = (value, path, name, section) => {
    check(!name.includes("."), `field ${path} in section ${section} is not nested by its dots`);
    const node = own(proof.field_index, path);
    if (node !== undefined) {
      check(canonical(value) === canonical(result(proof, node)), `field ${path} in section ${section} is not proven so`);
      check(!fields.has(path), `field ${path} is in two sections`);
      fields.add(path);
      return;
    }
    check(value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0,
      `field ${path} in section ${section} is not proven`);
    for (const [name, member] of Object.entries(value)) walk(member, `${path}.${name}`, name, section);
  };
  for (const name of sectionNames) {
    for (const [member, value] of Object.entries(sections[name].fields)) walk(value, member, member, name);
    for (const line of sections[name].compliance) {
      const node = own(proof.check_index, line.check);
      const data = node === undefined ? {} : proof.nodes[node].data;
      check(data.check === line.check && data.outcome === line.outcome, `check ${line.check} is not the proof's`);
      check(!checks.has(line.check), `check ${line.check} is there twice`);
      checks.add(line.check);
    }
  }
  check(fields.size === Object.keys(proof.field_index).length, "a proven field is in no section");
  check(checks.size === Object.keys(proof.check_index).length, "a proven check is in no section");
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

function checkPng(png) {
  check(png.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex")), "qr picture: not a PNG");
  const chunks = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const end = at + 8 + png.readUInt32BE(at);
    check(end + 4 <= png.length && crc32(png.subarray(at + 4, end)) === png.readUInt32BE(end), "qr picture: checksum");
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, end) });
  }
  check(chunks.map((chunk) => chunk.type).join() === "IHDR,IDAT,IEND", "qr picture: chunks");
  check(chunks[0].data.toString("hex") === "000000c8000000c80100000000", "qr picture: not 200 × 200 px of one bit");
  const { buffer, engine } = inflateSync(chunks[1].data, { info: true });
  check(buffer.length === 200 * 26 && engine.bytesWritten === chunks[1].data.length, "qr picture: rows");
}

function read(file) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  const value = JSON.parse(text);
  check(canonical(value) === text, "not canonical JSON");
  return value;
}

// Steps 2 to 7 of a bundle and of a view.
function checkSigned(file, keyFile) {
  const { payload, receipt, sections } = file;
  members(receipt, receiptMembers, "receipt");
  members(payload, payloadMembers, "payload");
  members(payload.sections, sectionNames, "the payload's sections");
  checkForms(payload, receipt, sections);
  const trusted = createPublicKey(readFileSync(keyFile));
  const trustedKey = trusted.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  check(trustedKey === file.signing_key_public, "signer");
  const signature = Buffer.from(file.signature, "base64");
  check(signature.toString("base64") === file.signature, "signature: base64");
  check(verify(null, Buffer.from(file.receipt_hash, "hex"), trusted, signature), "signature");
  check(hash(receipt) === file.receipt_hash, "receipt hash");
  check(receipt.receipt_version === "BPC-RECEIPT-1" && receipt.signature_alg === "ED25519", "receipt version");
  check(hash(payload) === receipt.payload_hash, "payload hash");
  check(payload.payload_version === "BPC-PASSPORT-1", "payload version");
  for (const name of ["issued_at", "passport_version_id", "passport_id", "battery_product_id"]) {
    check(payload[name] === receipt[name], `payload: ${name} is not the receipt's`);
  }
  for (const name of Object.keys(sections)) {
    check(hash(sections[name]) === payload.sections[name], `section ${name}: hash`);
  }
}

function verifyView(view, keyFile) {
  members(view, viewMembers, "view");
  check(view.view_version === "BPC-VIEW-1", "view version");
  check(audiences.includes(view.audience), "audience");
  check(Object.keys(view.sections).every((name) => sectionNames.includes(name)), "a section that there is not");
  checkSigned(view, keyFile);
  console.log(`verified ${view.receipt.passport_version_id}: ${Object.keys(view.sections)}`);
}

function verifyBundle(bundle, keyFile) {
  members(bundle, bundleMembers, "bundle");
  check(bundle.bundle_version === "BPC-BUNDLE-1", "bundle version");
  members(bundle.sections, sectionNames, "sections");
  checkSigned(bundle, keyFile);
  const { proof, receipt, sections } = bundle;
  readProof(proof);
  check(proof.root_hash === receipt.proof_root_hash, "proof: root hash is not the receipt's");
  checkSections(sections, proof);

  const code = [["ph", receipt.payload_hash], ["pr", receipt.proof_root_hash], ["rh", bundle.receipt_hash]]
    .map(([name, hex]) => `|${name}=${base32(Buffer.from(hex, "hex"))}`).join("");
  check(bundle.qr_payload === `BPC1|pv=${receipt.passport_version_id}${code}`, "qr text");
  const png = Buffer.from(bundle.qr_png, "base64");
  check(png.toString("base64") === bundle.qr_png, "qr picture: base64");
  checkPng(png);
  console.log(`verified ${receipt.passport_version_id}`);
}

try {
  const [fileName, keyFile] = process.argv.slice(2);
  const file = read(fileName);
  if (Object.hasOwn(file, "view_version")) verifyView(file, keyFile);
  else verifyBundle(file, keyFile);
} catch (error) {
  check(false, `malformed: ${error.message}`);
}
