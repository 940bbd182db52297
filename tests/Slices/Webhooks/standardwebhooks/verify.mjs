// Reads {secret, headers, body} and verifies them with the library that receivers use; a wrong signature throws.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(new Webhook(secret).verify(body, headers).event_type);
