// A certificate for some names that vouches for itself: { key, cert, path }.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function makeCertificate(folder, names = ["DNS:localhost", "IP:127.0.0.1"]) {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", `subjectAltName=${names.join(",")}`, "-keyout", key, "-out", cert];
  execFileSync("openssl", request, { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert), path: cert };
}
