#include "app/mail_optout.h"

#include "app/audit.h"
#include "base/crypto.h"

enum { MAC_HEX = 32 }; /* of HMAC-SHA-256: 128 bits */

static void sign(const struct app *app, struct str user_id, struct str kind,
                 char ret_hex[MAC_HEX]) {
    uint8_t mac[SHA256_SIZE];
    struct str parts[] = {STR("unsubscribe\n"), kind, STR("\n"), user_id};
    hmac_sha256(app->mail_key, parts, ARRAY_LEN(parts), mac);
    str_hex(mac, MAC_HEX / 2, ret_hex);
}

/* The customer's id stands in hexadecimal: it may hold what an address may not. */
struct str mail_unsubscribe_path(const struct app *app, struct arena *arena, struct str user_id,
                                 enum mail_kind kind) {
    char mac[MAC_HEX];
    char user[2 * LIMIT_USER_ID];
    if (!mail_kind_is_optional(kind) || user_id.len > LIMIT_USER_ID) {
        return STR("");
    }
    sign(app, user_id, str_from_cstr(mail_kind_name(kind)), mac);
    str_hex(user_id.bytes, user_id.len, user);
    return arena_printf(arena, "/unsubscribe/%.*s.%s.%.*s", (int)(2 * user_id.len), user,
                        mail_kind_name(kind), (int)MAC_HEX, mac);
}

bool mail_unsubscribe_read(const struct app *app, struct arena *arena, struct str token,
                           struct str *ret_user_id, enum mail_kind *ret_kind) {
    struct str rest = token;
    struct str user = str_cut(&rest, '.');
    struct str word = str_cut(&rest, '.');
    enum mail_kind kind;
    uint8_t bytes[LIMIT_USER_ID];
    char mac[MAC_HEX];
    size_t len = user.len / 2;
    if (len == 0 || len > LIMIT_USER_ID || !str_unhex(user, bytes, len) ||
        !mail_kind_parse(word, &kind) || !mail_kind_is_optional(kind)) {
        return false;
    }
    struct str user_id = str_of((const char *)bytes, len);
    sign(app, user_id, word, mac);
    if (!secret_equal(rest, str_of(mac, sizeof mac))) {
        return false;
    }
    *ret_user_id = arena_str(arena, user_id);
    *ret_kind = kind;
    return true;
}

static struct err run(struct command *command, struct tx *tx) {
    struct mail_unsubscribe *unsubscribe = (struct mail_unsubscribe *)command;
    struct str user_id;
    enum mail_kind kind;
    if (!mail_unsubscribe_read(command->app, tx->cx->arena, unsubscribe->token, &user_id, &kind)) {
        command->outcome = OUTCOME_LINK_INVALID;
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .customer = user_id,
                      .object = str_from_cstr(mail_kind_name(kind)),
                  });
    return mail_optout_put(tx, user_id, str_from_cstr(mail_kind_name(kind)));
}

void mail_unsubscribe(struct app *app, struct mail_unsubscribe *unsubscribe) {
    unsubscribe->command.run = run;
    unsubscribe->command.after = NULL;
    command_submit(app, &unsubscribe->command);
}
