#include "proof/cose.h"

#include "proof/cbor.h"

/* RFC 9053: key types, curves. */
enum { KTY_OKP = 1, KTY_EC2 = 2, KTY_RSA = 3, CURVE_P256 = 1, CURVE_ED25519 = 6 };

/* RFC 9052, section 7.1: labels of members. */
enum { LABEL_KTY = 1, LABEL_ALG = 3 };

/* What a key of an algorithm has: type, algorithm, then members -1, -2, -3, of which a curve is a
 * number and the others are bytes. Canonical CBOR has them in this order. */
struct form {
    int kty, alg;
    int curve; /* 0: the first of the members is bytes */
    int members;
    enum signature_alg signature;
    enum public_key_type type;
};

static const struct form forms[] = {
    {KTY_EC2, COSE_ES256, CURVE_P256, 3, SIGNATURE_ES256, PUBLIC_KEY_P256},
    {KTY_OKP, COSE_EDDSA, CURVE_ED25519, 2, SIGNATURE_EDDSA, PUBLIC_KEY_ED25519},
    {KTY_RSA, COSE_RS256, 0, 2, SIGNATURE_RS256, PUBLIC_KEY_RSA},
};

static const struct form *find_form(const struct cbor_item *kty, const struct cbor_item *alg) {
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (cbor_is_int(kty, forms[i].kty) && cbor_is_int(alg, forms[i].alg)) {
            return &forms[i];
        }
    }
    return NULL;
}

/* The next member, when it has this label. */
static bool read_member(struct cbor_map *map, int label, struct cbor_item *ret_value) {
    struct cbor_item key;
    return cbor_map_next(map, &key) && cbor_is_int(&key, label) && cbor_read(map->in, ret_value);
}

static bool read_members(struct cbor_map *map, const struct form *form, struct str ret_parts[3]) {
    for (int i = 0; i < form->members; i++) {
        struct cbor_item value;
        if (!read_member(map, -1 - i, &value)) {
            return false;
        }
        bool is_curve = i == 0 && form->curve != 0;
        if (is_curve ? !cbor_is_int(&value, form->curve) : value.type != CBOR_BYTES) {
            return false;
        }
        ret_parts[i] = value.bytes;
    }
    return map->left == 0;
}

bool cose_key_read(struct str bytes, enum signature_alg *ret_alg, struct public_key *ret_key) {
    struct cbor in = {.rest = bytes};
    struct cbor_map map;
    struct cbor_item kty;
    struct cbor_item alg;
    cbor_map_open(&in, &map);
    if (!read_member(&map, LABEL_KTY, &kty) || !read_member(&map, LABEL_ALG, &alg)) {
        return false;
    }
    const struct form *form = find_form(&kty, &alg);
    struct str parts[3] = {{0}};
    if (form == NULL || !read_members(&map, form, parts) || !cbor_is_done(&in)) {
        return false;
    }
    struct public_key key = {.type = form->type};
    if (form->type == PUBLIC_KEY_RSA) {
        key.n = parts[0];
        key.e = parts[1];
    } else {
        key.x = parts[1];
        key.y = parts[2];
    }
    if (!public_key_is_sound(&key)) {
        return false;
    }
    *ret_alg = form->signature;
    *ret_key = key;
    return true;
}
