/* A token is the hexadecimal text of "<user>\n<invoice>\n<milliseconds>", a dot, and the first half
 * of its HMAC-SHA-256: 128 bits. The key is the installation's, made when the first link is. */
#include "app/pay_link.h"

#include "base/crypto.h"
#include "store/setting.h"

enum { KEY_BYTES = 32, MAC_HEX = 32 };

static const char key_setting[] = "pay_link_key";

static struct str hex_of(struct arena *arena, const void *bytes, size_t count) {
    char *hex = arena_array(arena, 2 * count, 1);
    if (hex == NULL) {
        return STR("");
    }
    str_hex(bytes, count, hex);
    return str_of(hex, 2 * count);
}

static struct err read_key(struct tx *tx, struct str *ret_key) {
    return setting_get(tx, key_setting, ret_key);
}

static struct err make_key(struct tx *tx, struct str *ret_key) {
    uint8_t bytes[KEY_BYTES];
    TRY(read_key(tx, ret_key));
    if (ret_key->len > 0) {
        return OK;
    }
    tx->cx->env->random(tx->cx->env, bytes, sizeof bytes);
    *ret_key = hex_of(tx->cx->arena, bytes, sizeof bytes);
    return setting_put(tx, key_setting, *ret_key);
}

static struct str mac_of(struct arena *arena, struct str key, struct str text) {
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(key, &text, 1, mac);
    return hex_of(arena, mac, MAC_HEX / 2);
}

struct err pay_link_make(struct app *app, struct tx *tx, struct str user_id, struct str invoice_id,
                         struct str *ret_path) {
    struct arena *arena = tx->cx->arena;
    struct str key;
    TRY(make_key(tx, &key));
    struct instant until = instant_add(app_now(app), duration_days(PAY_LINK_DAYS));
    struct str text = arena_printf(arena, STR_FMT "\n" STR_FMT "\n%lld", STR_ARG(user_id),
                                   STR_ARG(invoice_id), (long long)until.ms);
    struct str payload = hex_of(arena, text.bytes, text.len);
    struct str mac = mac_of(arena, key, payload);
    *ret_path = arena_printf(arena, "/pay/" STR_FMT "." STR_FMT, STR_ARG(payload), STR_ARG(mac));
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

static bool from_hex(struct arena *arena, struct str hex, struct str *ret_text) {
    size_t len = hex.len / 2;
    char *text = arena_array(arena, len + 1, 1);
    if (text == NULL || !str_unhex(hex, (uint8_t *)text, len)) {
        return false;
    }
    *ret_text = str_of(text, len);
    return true;
}

struct err pay_link_read(struct tx *tx, struct str token, struct pay_link *ret_link,
                         bool *ret_is_valid) {
    struct arena *arena = tx->cx->arena;
    struct str key;
    struct str rest = token;
    struct str payload = str_cut(&rest, '.');
    struct str text = STR("");
    int64_t until = 0;
    *ret_is_valid = false;
    TRY(read_key(tx, &key));
    bool is_signed = key.len > 0 && token.len <= PAY_LINK_TOKEN_MAX &&
                     secret_equal(rest, mac_of(arena, key, payload));
    if (!is_signed || !from_hex(arena, payload, &text)) {
        return OK;
    }
    struct pay_link link = {.user_id = str_cut(&text, '\n')};
    link.invoice_id = str_cut(&text, '\n');
    *ret_is_valid = str_to_i64(text, &until) && cx_now_ms(tx->cx) < until;
    *ret_link = link;
    return OK;
}
