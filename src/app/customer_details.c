#include "app/customer_details.h"

#include "app/audit.h"
#include "base/json.h"
#include "store/customer.h"

/* The address, and what is printed beside it, is kept as one JSON object: nothing asks for a part
 * of it. */
static struct str address_text(struct cx *cx, const struct payments_call *call) {
    struct buf text;
    struct json_writer out;
    buf_init(&text, cx->env, LIMIT_BODY);
    json_writer_init(&out, &text);
    json_open_object(&out);
    json_member_str(&out, "line1", call->line1);
    json_member_str(&out, "line2", call->line2);
    json_member_str(&out, "city", call->city);
    json_member_str(&out, "state", call->state);
    json_member_str(&out, "postalCode", call->postal_code);
    json_member_str(&out, "purchaseOrder", call->purchase_order);
    json_close_object(&out);
    return buf_finish_in(&text, cx->arena);
}

static struct str part(struct cx *cx, const json_t *address, const char *name) {
    return arena_str(cx->arena, json_text(address, name));
}

struct err customer_details_read(struct tx *tx, struct str user_id,
                                 struct billing_details *ret_details, bool *ret_found) {
    struct customer_row row;
    struct str text = STR("");
    struct json_problem problem;
    TRY(customer_get(tx, user_id, &row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    TRY(customer_address(tx, user_id, &text));
    CLEANUP(json_release) json_t *address = text.len == 0 ? NULL : json_read(text, &problem);
    *ret_details = (struct billing_details){
        .email = row.email,
        .name = row.name,
        .country = row.country,
        .line1 = part(tx->cx, address, "line1"),
        .line2 = part(tx->cx, address, "line2"),
        .city = part(tx->cx, address, "city"),
        .state = part(tx->cx, address, "state"),
        .postal_code = part(tx->cx, address, "postalCode"),
        .purchase_order = part(tx->cx, address, "purchaseOrder"),
    };
    return OK;
}

static struct str facts_of(struct tx *tx, const struct billing_details *details) {
    struct str lines =
        arena_printf(tx->cx->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT,
                     STR_ARG(details->line1), STR_ARG(details->line2), STR_ARG(details->city),
                     STR_ARG(details->state), STR_ARG(details->postal_code));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("email", audit_veiled(tx, details->email)),
                       AUDIT_TEXT("name", audit_veiled(tx, details->name)),
                       AUDIT_TEXT("address", audit_veiled(tx, lines)),
                       AUDIT_TEXT("country", details->country),
                       AUDIT_TEXT("purchaseOrder", audit_veiled(tx, details->purchase_order)));
}

static struct err tell(struct tx *tx, const struct billing_details *before,
                       const struct payments_call *call) {
    const struct billing_details after = {
        .email = call->email,
        .name = call->name,
        .line1 = call->line1,
        .line2 = call->line2,
        .city = call->city,
        .state = call->state,
        .postal_code = call->postal_code,
        .country = call->country,
        .purchase_order = call->purchase_order,
    };
    const struct audit_entry entry = {
        .action = STR("billing_details.changed"),
        .said = {.customer = call->user_id,
                 .before = facts_of(tx, before),
                 .after = facts_of(tx, &after)},
    };
    return tx->audit == NULL ? OK : audit_append(tx, &entry);
}

struct err customer_keep_details(struct tx *tx, const struct payments_call *call) {
    struct customer_details_row row = {
        .user_id = call->user_id,
        .email = call->email,
        .name = call->name,
        .country = call->country,
        .address = address_text(tx->cx, call),
    };
    struct billing_details before;
    bool is_found = false;
    TRY(customer_details_read(tx, call->user_id, &before, &is_found));
    TRY(customer_set_details(tx, &row));
    return is_found ? tell(tx, &before, call) : OK;
}
