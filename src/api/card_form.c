/* Cards entered in a page of ours, where --card-form embedded says so: the page, what its script
 * asks for, and the signed inventory of its scripts (PCI DSS 4.0.1, 6.4.3). Elsewhere none of it is
 * there. */
#include "api/card_form.h"

#include "api/page_scan.h"
#include "api/resources.h"
#include "app/audit_log.h"
#include "base/base64.h"
#include "base/check.h"
#include "base/sha256.h"

#define PAGE "/billing/payment-methods/new"

bool card_form_is_on(const struct api *api) {
    return api->options.card_form_key.len > 0;
}

struct str card_form_url(struct api_request *request) {
    return arena_printf(request->arena, STR_FMT PAGE, STR_ARG(buf_str(&request->api->base_url)));
}

bool card_form_owns(struct str path) {
    return str_starts_with(path, STR("/assets/card-form-"));
}

/* --- what the page asks for --- */

struct form_out {
    struct str publishable_key, currency;
};
static const struct shape_field form_fields[] = {
    {"publishableKey", "Stripe's, which everybody may know", SHAPE_STR,
     .offset = offsetof(struct form_out, publishable_key), .max = 255},
    {"currency", "In which cards will be charged", SHAPE_STR,
     .offset = offsetof(struct form_out, currency), .max = 3},
};
const struct shape card_form_shape =
    SHAPE("CardForm", "What the page for cards needs", struct form_out, form_fields);

void card_form_get(struct api_request *request) {
    const struct api *api = request->api;
    if (!card_form_is_on(api)) {
        reply_problem(request, PROBLEM_NOT_FOUND);
        return;
    }
    struct form_out out = {api->options.card_form_key,
                           str_from_cstr(api->app->catalogue->currency.code)};
    reply_value(request, 200, &card_form_shape, &out);
}

/* --- the inventory --- */

struct script_out {
    struct str url, owner, purpose, sha256, why_no_hash;
};
struct inventory_out {
    struct str kind, page, policy;
    struct shape_list scripts; /* struct script_out */
};
struct signed_out {
    struct str inventory, key, signature;
};
enum { SCRIPTS_MAX = 8, INVENTORY_MAX = 16 * 1024 };

#define AT(member) offsetof(struct script_out, member)
static const struct shape_field script_fields[] = {
    {"url", "Where it comes from", SHAPE_STR, .offset = AT(url), .max = 500},
    {"owner", "Whose it is", SHAPE_STR, .offset = AT(owner), .max = 100},
    {"purpose", "What it is for", SHAPE_STR, .offset = AT(purpose), .max = 300},
    {"sha256", "Of its bytes; null where it has none that last", SHAPE_STR, .offset = AT(sha256),
     .max = SHA256_HEX, .flags = SHAPE_NULLABLE},
    {"whyNoHash", "Why; null where it has one", SHAPE_STR, .offset = AT(why_no_hash), .max = 300,
     .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape script_shape =
    SHAPE("CardFormScript", "A script of the page for cards", struct script_out, script_fields);
static const struct shape_field script_item = {.kind = SHAPE_OBJECT, .of = &script_shape};

#define AT(member) offsetof(struct inventory_out, member)
static const struct shape_field inventory_fields[] = {
    {"kind", "script inventory", SHAPE_STR, .offset = AT(kind), .max = 32},
    {"page", "Of which page", SHAPE_STR, .offset = AT(page), .max = 600},
    {"policy", "Its Content-Security-Policy", SHAPE_STR, .offset = AT(policy), .max = 2000},
    {"scripts", "All of them", SHAPE_LIST, .offset = AT(scripts), .max = SCRIPTS_MAX,
     .item = &script_item, .item_size = sizeof(struct script_out)},
};
#undef AT
static const struct shape inventory_shape =
    SHAPE("CardFormInventory", "The scripts of the page for cards", struct inventory_out,
          inventory_fields);

#define AT(member) offsetof(struct signed_out, member)
static const struct shape_field signed_fields[] = {
    {"inventory",
     "JSON: kind, page, policy, and scripts with url, owner, purpose, sha256, whyNoHash", SHAPE_STR,
     .offset = AT(inventory), .min = 1, .max = INVENTORY_MAX},
    {"key", "Who signs: the verifier key of the audit log", SHAPE_STR, .offset = AT(key),
     .max = AUDIT_KEY_TEXT_MAX},
    {"signature", "Ed25519 over the text of `inventory`, in base64", SHAPE_STR,
     .offset = AT(signature), .max = 128},
};
#undef AT
const struct shape card_form_scripts_shape =
    SHAPE("SignedInventory", "The scripts of the page for cards, signed", struct signed_out,
          signed_fields);

static struct str hash_text(struct arena *arena, struct str bytes) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    sha256(bytes, hash);
    str_hex(hash, SHA256_SIZE, hex);
    return arena_str(arena, str_of(hex, SHA256_HEX));
}

static struct script_out script_of(struct api_request *request, struct str source) {
    const struct api_assets *assets = &request->api->options.assets;
    struct api_asset asset;
    if (assets->find(assets->context, source, &asset)) {
        return (struct script_out){
            .url = source,
            .owner = STR("this installation"),
            .purpose = STR("shows Stripe's form and sends what it made of the card to this server"),
            .sha256 = hash_text(request->arena, asset.identity.bytes),
        };
    }
    return (struct script_out){
        .url = source,
        .owner = STR("Stripe"),
        .purpose = STR("the fields for the card, in frames of Stripe's own"),
        .why_no_hash =
            STR("Stripe changes it without notice and allows no copy; it is bound to its "
                "host by TLS and the policy"),
    };
}

static struct str policy_of(const struct api *api) {
    static const struct str name = STR_INIT("Content-Security-Policy: ");
    struct str lines = buf_str(&api->headers[HEADERS_CARD_FORM]);
    while (lines.len > 0) {
        struct str line = str_cut(&lines, '\r');
        lines = str_skip(lines, 1); /* LF */
        if (str_starts_with(line, name)) {
            return str_skip(line, name.len);
        }
    }
    return STR("");
}

static struct str inventory_text(struct api_request *request, struct str document) {
    struct script_out scripts[SCRIPTS_MAX];
    size_t count = 0;
    struct str source;
    while (page_next_script(&document, &source)) {
        check(count < SCRIPTS_MAX); /* the page is our own */
        scripts[count++] = script_of(request, source);
    }
    const struct inventory_out out = {
        .kind = STR("script inventory"),
        .page = card_form_url(request),
        .policy = policy_of(request->api),
        .scripts = {scripts, count},
    };
    return shape_text(&inventory_shape, &out, request->arena);
}

void card_form_scripts(struct api_request *request) {
    const struct api_assets *assets = &request->api->options.assets;
    const struct audit_signer *signer = request->api->app->audit_signer;
    struct api_asset page;
    if (!card_form_is_on(request->api) || signer == NULL ||
        !assets->find(assets->context, STR("/card-form.html"), &page)) {
        reply_problem(request, PROBLEM_NOT_FOUND);
        return;
    }
    uint8_t signature[SIGN_SIZE];
    char key[AUDIT_KEY_TEXT_MAX];
    struct signed_out out = {.inventory = inventory_text(request, page.identity.bytes)};
    sign(&signer->key, out.inventory, signature);
    out.key = str_of(key, audit_key_write(signer->origin, signer->key.public_key, key));
    out.signature = base64_encode(request->arena, str_of((const char *)signature, SIGN_SIZE));
    reply_value(request, 200, &card_form_scripts_shape, &out);
}
