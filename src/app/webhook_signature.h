/* Signatures of what is sent out, and the secrets that make them: Standard Webhooks
 * (https://www.standardwebhooks.com). A message is signed as "id.timestamp.body" by HMAC-SHA-256
 * under the bytes that the secret's base64 stands for. */
#ifndef APP_WEBHOOK_SIGNATURE_H
#define APP_WEBHOOK_SIGNATURE_H

#include "base/cx.h"

enum {
    WEBHOOK_SECRET_BYTES_MIN = 24,
    WEBHOOK_SECRET_BYTES_MAX = 64,
    WEBHOOK_SECRET_MAX = 6 + 88, /* "whsec_", and 64 bytes as base64 */
    WEBHOOK_SECRETS_MAX = 2,     /* that sign one message */
};

struct webhook_message {
    struct str id; /* without dots */
    int64_t timestamp_s;
    struct str body;
};

/* A fresh secret, "whsec_…", of 32 bytes; in the cx's arena. */
struct str webhook_secret_new(struct cx *cx);
/* "whsec_" and the base64 of 24 to 64 bytes. */
bool webhook_secret_is_valid(struct str secret);
/* The value of the header webhook-signature: "v1,…" for each secret, with a blank between. The
 * secrets are valid. */
struct str webhook_signature(struct arena *arena, const struct webhook_message *message,
                             const struct str *secrets, size_t count);

#endif
