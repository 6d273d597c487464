/* What people agree to before they buy or change a plan: shown with a preview, and listed. */
#include "api/consent_resources.h"
#include "api/id_page.h"
#include "api/resources.h"

const char *const language_names[] = {"en", "de", NULL};
static_assert(ARRAY_LEN(language_names) == LANGUAGE_COUNT + 1, "in the order of enum language");

/* --- as a preview shows it --- */

#define AT(member) offsetof(struct consent_out, member)
static const struct shape_field words_fields[] = {
    {"text", "To be shown word for word, and agreed to expressly", SHAPE_STR, .offset = AT(text),
     .max = RENEWAL_TEXT_SIZE},
    {"textHash", "SHA-256 of the text: comes back with the purchase or the change", SHAPE_STR,
     .offset = AT(hash), .max = 64},
    {"language", "Of the text", SHAPE_STR, .offset = AT(language), .max = 2},
    {"required", "Whether people who are signed in are refused without it", SHAPE_BOOL,
     .offset = AT(is_required)},
};
#undef AT
const struct shape consent_words_shape =
    SHAPE("ConsentWords", "What a person agrees to", struct consent_out, words_fields);

static struct consent_out out_of_words(const struct consent_words *words, enum language language,
                                       bool is_required) {
    return (struct consent_out){words->text, words->hash, str_from_cstr(language_name(language)),
                                is_required};
}

struct err consents_of_preview(struct api_request *request, const struct preview_command *preview,
                               int language, struct consents_out *ret_out) {
    const struct app *app = request->api->app;
    const struct consent_sale sale = {
        .plan = preview->change.plan,
        .interval = preview->change.interval,
        .coupon = preview_coupon(preview),
        .first_at = preview->preview.next_invoice_at,
    };
    struct tx tx = request_read(request);
    struct renewal renewal;
    enum language chosen = language >= 0 ? (enum language)language : LANGUAGE_EN;
    bool is_first = preview->view.row.stripe_subscription_id.len == 0;
    *ret_out = (struct consents_out){.has_renewal = consent_renewal_of(app, &sale, &renewal)};
    if (!ret_out->has_renewal) {
        return OK;
    }
    TRY(language >= 0 ? OK : consent_language(&tx, request->user_id, &chosen));
    struct consent_words words = consent_renewal_words(request->arena, chosen, &renewal);
    ret_out->renewal = out_of_words(&words, chosen, app->catalogue->consumer.needs_renewal_consent);
    if (is_first) {
        TRY(consent_may_withdraw(app, &tx, request->user_id, sale.plan->tier,
                                 &ret_out->has_early_start));
        words = consent_early_start_words(app, request->arena, chosen, sale.plan);
        ret_out->early_start = out_of_words(&words, chosen, false);
    }
    return OK;
}

/* --- as kept --- */

struct consent_row_out {
    struct str id, user_id, kind, operation_id, operation, subscription_id, actor_kind, actor;
    struct str language, text, text_hash;
    int tier, interval;
    int64_t plan_version, renews_at, created_at;
    struct money price;
};

#define AT(member) offsetof(struct consent_row_out, member)
static const struct shape_field row_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"kind", "renewal, or early_start: service within the time for withdrawal", SHAPE_STR,
     .offset = AT(kind), .max = 16},
    {"operationId", "What it was given for", SHAPE_STR, .offset = AT(operation_id),
     .max = LIMIT_RECORD_ID},
    {"operation", "subscribe or change", SHAPE_STR, .offset = AT(operation), .max = 32},
    {"subscriptionId", "What it is about", SHAPE_STR, .offset = AT(subscription_id),
     .max = LIMIT_RECORD_ID},
    {"actorKind", "Who agreed: member, portal, key", SHAPE_STR, .offset = AT(actor_kind),
     .max = 16},
    {"actor", "The id of the person or of the key", SHAPE_STR, .offset = AT(actor),
     .max = LIMIT_USER_ID},
    {"language", "Of the text", SHAPE_STR, .offset = AT(language), .max = 2},
    {"text", "What was agreed to, word for word", SHAPE_STR, .offset = AT(text),
     .max = RENEWAL_TEXT_SIZE},
    {"textHash", "SHA-256 of the text", SHAPE_STR, .offset = AT(text_hash), .max = 64},
    {"tier", "The plan", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"planVersion", "Of the plan", SHAPE_I64, .offset = AT(plan_version)},
    {"interval", "How often it renews", SHAPE_ENUM, .offset = AT(interval),
     .names = interval_names},
    {"price", "Of one interval, before coupons and tax", SHAPE_OBJECT, .offset = AT(price),
     .of = &money_shape},
    {"renewsAt", "For the first time", SHAPE_INSTANT, .offset = AT(renews_at)},
    {"createdAt", "When it was given", SHAPE_INSTANT, .offset = AT(created_at)},
};
#undef AT
static const struct shape row_shape =
    SHAPE("Consent", "What somebody has agreed to", struct consent_row_out, row_fields);
static const struct shape_field row_item = {.kind = SHAPE_OBJECT, .of = &row_shape};

static const struct shape_field list_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &row_item, .item_size = sizeof(struct consent_row_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape consents_shape =
    SHAPE("Consents", "A page of what was agreed to", struct page, list_fields);

#define AT(member) offsetof(struct consent_query, member)
static const struct shape_field query_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 128, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape consent_query_shape =
    SHAPE("ConsentQuery", "Whose consents", struct consent_query, query_fields);

static struct consent_row_out out_of(const struct consent_row *row) {
    return (struct consent_row_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .kind = str_from_cstr(consent_kind_name((enum consent_kind)row->kind)),
        .operation_id = id_str(&row->operation_id),
        .operation = row->operation,
        .subscription_id = id_str(&row->subscription_id),
        .actor_kind = row->actor_kind,
        .actor = row->actor,
        .language = row->locale,
        .text = row->text,
        .text_hash = row->text_hash,
        .tier = row->tier,
        .plan_version = row->plan_version,
        .interval = row->interval,
        .price = money_stored(row->amount, row->currency),
        .renews_at = row->renews_at,
        .created_at = row->created_at,
    };
}

static void show_row(const void *row, void *ret_out) {
    *(struct consent_row_out *)ret_out = out_of(row);
}
static const struct id_list all = {
    .shape = &consents_shape,
    .row_size = sizeof(struct consent_row),
    .id_at = offsetof(struct consent_row, id),
    .out_size = sizeof(struct consent_row_out),
    .read = consents_read,
    .show = show_row,
};

void consents_list(struct api_request *request) {
    if (has_customer(request)) {
        reply_id_page(request, &all, request->query, request->user_id);
    }
}

void consents_list_all(struct api_request *request) {
    reply_id_page_of_all(request, &all);
}
