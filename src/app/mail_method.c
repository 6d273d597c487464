#include "app/mail_method.h"

/* As Stripe writes them, and as their owners do
 * (https://docs.stripe.com/api/payment_methods/object#payment_method_object-card-brand). */
static const struct {
    const char *brand, *name;
} names[] = {
    {"amex", "American Express"},      {"cartes_bancaires", "Cartes Bancaires"},
    {"diners", "Diners Club"},         {"discover", "Discover"},
    {"eftpos_au", "Eftpos Australia"}, {"jcb", "JCB"},
    {"mastercard", "Mastercard"},      {"unionpay", "UnionPay"},
    {"us_bank_account", "ACH"},        {"visa", "Visa"},
};

struct str mail_method_words(struct arena *arena, const struct payment_method_row *row) {
    struct str brand = row->brand.len > 0 ? row->brand : row->type;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_equal(brand, str_from_cstr(names[i].brand))) {
            brand = str_from_cstr(names[i].name);
            break;
        }
    }
    return row->last4.len == 0
               ? brand
               : arena_printf(arena, STR_FMT " •••• " STR_FMT, STR_ARG(brand), STR_ARG(row->last4));
}

struct err mail_default_method(struct tx *tx, struct str user_id, struct str *ret_words) {
    struct row_list list;
    TRY(payment_method_list(tx, user_id, LIMIT_PAGE, &list));
    const struct payment_method_row *rows = list.items;
    *ret_words = STR("");
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].is_default) {
            *ret_words = mail_method_words(tx->cx->arena, &rows[i]);
        }
    }
    return OK;
}
