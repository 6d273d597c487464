#include "store/export.h"

#include "base/check.h"
#include "store/queries.h"
#include "store/sealed.h"

/* Numbers in a table's fields from 1 on, so that 0 is none. */
#define SEALED(field) .sealed = (field) + 1
#define TEXT(name, doc, ...)                                                                       \
    { name, doc, EXPORT_TEXT, __VA_ARGS__ }
#define PLAIN(name, doc)                                                                           \
    { name, doc, EXPORT_TEXT, .sealed = 0 }
#define WHOLE(name, doc)                                                                           \
    { name, doc, EXPORT_WHOLE, .sealed = 0 }
#define FLAG(name, doc)                                                                            \
    { name, doc, EXPORT_FLAG, .sealed = 0 }
#define INSTANT(name, doc)                                                                         \
    { name, doc, EXPORT_INSTANT, .sealed = 0 }
#define JSON(name, doc, field)                                                                     \
    { name, doc, EXPORT_JSON, SEALED(field) }
#define MEMBER(name, doc)                                                                          \
    { name, doc, EXPORT_MEMBER, .sealed = 0 }
#define ID PLAIN("id", "Ours")
#define CREATED INSTANT("createdAt", "When it was made")
#define CURRENCY PLAIN("currency", "ISO 4217, in lower case")

#define CHOICE_COLUMNS                                                                             \
    {                                                                                              \
        PLAIN("subject", "Whose"), FLAG("analytics", "Counted in analyses"),                       \
            FLAG("experiments", "Part of experiments"), FLAG("feedbackMail", "Asked for views"),   \
            FLAG("marketing", "Written to about offers"), INSTANT("updatedAt", "Since when"),      \
            INSTANT("restrictedAt", "Since when none of it is done, whatever is allowed")          \
    }
#define CONSENT_COLUMNS                                                                            \
    {                                                                                              \
        ID, PLAIN("purpose", "For what"), FLAG("isAllowed", "Allowed, or taken back"),             \
            PLAIN("textVersion", "Of the words that were shown"),                                  \
            PLAIN("how", "On a page, or by the platform"), INSTANT("at", "When")                   \
    }

const struct export_noun export_nouns_of_customer[] = {
    {.name = "customer",
     .doc = "Who the customer is",
     .statement = Q_EXPORT_CUSTOMER,
     .sealed = &sealed_customers,
     .columns = {PLAIN("userId", "As the platform calls them"),
                 TEXT("email", "Where mails go", SEALED(CUSTOMERS_EMAIL)),
                 TEXT("name", "On invoices", SEALED(CUSTOMERS_NAME)),
                 JSON("address", "On invoices", CUSTOMERS_ADDRESS),
                 JSON("taxIds", "Numbers with tax offices", CUSTOMERS_TAX_IDS),
                 PLAIN("country", "ISO 3166-1"), CURRENCY, PLAIN("language", "Of mails"),
                 PLAIN("timeZone", "Of mails"), CREATED},
     .count = 10},
    {.name = "subscriptions",
     .doc = "Plans, one after the other",
     .statement = Q_EXPORT_SUBSCRIPTIONS,
     .columns = {ID, PLAIN("tier", "The plan"), WHOLE("planVersion", "Of the plan"),
                 PLAIN("interval", "month or year"), PLAIN("status", "How it stands"), CURRENCY,
                 INSTANT("currentPeriodStart", "What is paid begins"),
                 INSTANT("currentPeriodEnd", "What is paid ends"),
                 FLAG("cancelAtPeriodEnd", "It ends then"), PLAIN("coupon", "Its code"), CREATED,
                 INSTANT("endedAt", "When it ended"), INSTANT("trialEndsAt", "When a trial does")},
     .count = 13},
    {.name = "contracts",
     .doc = "Plans at terms of their own: asked for, offered, agreed",
     .statement = Q_EXPORT_CONTRACTS,
     .sealed = &sealed_contracts,
     .columns = {ID, WHOLE("number", "As people say it"), PLAIN("status", "How it stands"),
                 TEXT("message", "What was asked for", SEALED(CONTRACTS_MESSAGE)),
                 PLAIN("termsHash", "SHA-256 over contract, purchase order and terms"),
                 TEXT("purchaseOrder", "Its number", SEALED(CONTRACTS_PURCHASE_ORDER)),
                 TEXT("acceptedName", "By whom, as they typed it", SEALED(CONTRACTS_ACCEPTED_NAME)),
                 INSTANT("acceptedAt", "When"), INSTANT("startsAt", "When it began"),
                 INSTANT("endsAt", "When its term ends"), CREATED},
     .count = 11},
    {.name = "inquiries",
     .doc = "What was asked before they were a customer",
     .statement = Q_EXPORT_INQUIRIES,
     .sealed = &sealed_inquiries,
     .columns = {ID, TEXT("company", "Who asked", SEALED(INQUIRIES_COMPANY)),
                 TEXT("name", "In whose name", SEALED(INQUIRIES_NAME)),
                 TEXT("email", "Where to answer", SEALED(INQUIRIES_EMAIL)),
                 PLAIN("country", "ISO 3166-1"), PLAIN("language", "In which it was asked"),
                 TEXT("message", "What was asked for", SEALED(INQUIRIES_MESSAGE)),
                 PLAIN("usage", "What was expected, by metric"), CREATED,
                 INSTANT("answeredAt", "When it was")},
     .count = 10},
    {.name = "consents",
     .doc = "What was agreed to before a plan was bought or changed",
     .statement = Q_EXPORT_CONSENTS,
     .sealed = &sealed_consents,
     .columns = {ID, PLAIN("kind", "renewal or early_start"), PLAIN("operationId", "What for"),
                 PLAIN("operation", "subscribe or change"), PLAIN("locale", "Of the words"),
                 TEXT("text", "The words", SEALED(CONSENTS_WORDS)),
                 PLAIN("textHash", "SHA-256 of the words"), PLAIN("tier", "The plan"),
                 WHOLE("planVersion", "Of the plan"), PLAIN("interval", "month or year"),
                 WHOLE("amount", "Of an interval, in minor units"), CURRENCY,
                 INSTANT("renewsAt", "For the first time"), CREATED},
     .count = 14},
    {.name = "withdrawals",
     .doc = "Purchases that were withdrawn from",
     .statement = Q_EXPORT_WITHDRAWALS,
     .sealed = &sealed_withdrawals,
     .columns = {ID, PLAIN("status", "How it stands"), PLAIN("subscriptionId", "From which"),
                 TEXT("name", "By whom, as they typed it", SEALED(WITHDRAWALS_NAME)),
                 TEXT("statement", "The words", SEALED(WITHDRAWALS_STATEMENT)),
                 PLAIN("statementHash", "SHA-256 of the words"), CURRENCY,
                 WHOLE("returned", "What went back, in minor units"), CREATED,
                 INSTANT("finishedAt", "When nothing was left to do")},
     .count = 10},
    {.name = "operations",
     .doc = "What was asked of the payment provider",
     .statement = Q_EXPORT_OPERATIONS,
     .sealed = &sealed_operations,
     .columns = {ID, PLAIN("kind", "What"), PLAIN("status", "How it ended"),
                 JSON("request", "What was asked for", OPERATIONS_REQUEST),
                 PLAIN("resultCode", "What came of it"), CREATED,
                 INSTANT("finishedAt", "When it ended")},
     .count = 7},
    {.name = "invoices",
     .doc = "Invoices with their lines",
     .statement = Q_EXPORT_INVOICES,
     .sealed = &sealed_invoices,
     .columns = {ID, PLAIN("number", "On the paper"), PLAIN("status", "How it stands"),
                 PLAIN("billingReason", "Why it was made"), CURRENCY,
                 WHOLE("amount", "With tax, in minor units"), WHOLE("amountDue", "In minor units"),
                 WHOLE("amountPaid", "In minor units"), WHOLE("tax", "In minor units"),
                 INSTANT("periodStart", "What it is for begins"),
                 INSTANT("periodEnd", "What it is for ends"), INSTANT("dueDate", "When to pay"),
                 TEXT("hostedUrl", "The provider's page", SEALED(INVOICES_HOSTED_URL)),
                 TEXT("pdfUrl", "The provider's paper", SEALED(INVOICES_PDF_URL)),
                 JSON("lines", "What is billed", INVOICES_LINES), CREATED},
     .count = 16},
    {.name = "credit_notes",
     .doc = "What corrects invoices",
     .statement = Q_EXPORT_CREDIT_NOTES,
     .sealed = &sealed_credit_notes,
     .columns = {ID, PLAIN("number", "On the paper"), PLAIN("invoiceId", "What it corrects"),
                 PLAIN("status", "How it stands"), PLAIN("reason", "Why"), CURRENCY,
                 WHOLE("amount", "With tax, in minor units"),
                 TEXT("pdfUrl", "The provider's paper", SEALED(CREDIT_NOTES_PDF_URL)), CREATED},
     .count = 9},
    {.name = "corrections",
     .doc = "Invoices that were billed anew to other details",
     .statement = Q_EXPORT_CORRECTIONS,
     .sealed = &sealed_corrections,
     .columns = {ID, PLAIN("status", "How it stands"), PLAIN("invoiceId", "What is corrected"),
                 PLAIN("newInvoiceId", "What takes its place"),
                 PLAIN("creditNoteId", "What takes it back"),
                 TEXT("purchaseOrder", "As printed", SEALED(CORRECTIONS_PURCHASE_ORDER)), CURRENCY,
                 WHOLE("totalBefore", "With tax, in minor units"),
                 WHOLE("totalAfter", "With tax, in minor units"), CREATED,
                 INSTANT("finishedAt", "When nothing was left to do")},
     .count = 11},
    {.name = "notes",
     .doc = "What operators noted about the customer",
     .statement = Q_EXPORT_NOTES,
     .sealed = &sealed_customer_notes,
     .columns = {ID, TEXT("note", "In their words", SEALED(CUSTOMER_NOTES_NOTE)), CREATED},
     .count = 3},
    {.name = "feedback",
     .doc = "What the customer said, and what was answered",
     .statement = Q_EXPORT_FEEDBACK,
     .sealed = &sealed_feedback,
     .columns = {ID, PLAIN("kind", "cancel, nps or text"), PLAIN("cause", "What led to it"),
                 PLAIN("status", "How it stands"), PLAIN("personId", "Who said it"),
                 WHOLE("score", "0 to 10"), PLAIN("reason", "Of a cancellation"),
                 TEXT("comment", "In their words", SEALED(FEEDBACK_COMMENT)),
                 PLAIN("page", "What it is about"), PLAIN("tier", "The plan then"),
                 WHOLE("monthly", "What they brought in a month, in minor units"), CURRENCY,
                 PLAIN("themes", "What operators hear in it"),
                 TEXT("reply", "What was answered", SEALED(FEEDBACK_REPLY_TEXT)), CREATED,
                 INSTANT("repliedAt", "When it was answered")},
     .count = 16},
    {.name = "feedback_questions",
     .doc = "When the customer was asked for a score",
     .statement = Q_EXPORT_FEEDBACK_QUESTIONS,
     .columns = {ID, PLAIN("cause", "What led to it"), INSTANT("occasionAt", "When that was"),
                 INSTANT("askedAt", "When it was first put"),
                 INSTANT("endedAt", "When it was answered or put aside")},
     .count = 5},
    {.name = "invoice_questions",
     .doc = "What the customer asked about invoices, and what was answered",
     .statement = Q_EXPORT_INVOICE_QUESTIONS,
     .sealed = &sealed_invoice_questions,
     .columns = {ID, PLAIN("invoiceId", "Which invoice"), PLAIN("kind", "question or dispute"),
                 PLAIN("state", "How it stands"), PLAIN("settlement", "How it was settled"),
                 PLAIN("reference", "The correction or credit note"),
                 WHOLE("line", "The line, from 1 on"), PLAIN("personId", "Who asked"),
                 TEXT("words", "In their words", SEALED(INVOICE_QUESTIONS_WORDS)),
                 TEXT("answer", "What was answered", SEALED(INVOICE_QUESTIONS_ANSWER)), CREATED,
                 INSTANT("answeredAt", "When it was answered"),
                 INSTANT("settledAt", "When it was settled")},
     .count = 13},
    {.name = "payments",
     .doc = "Money taken",
     .statement = Q_EXPORT_PAYMENTS,
     .columns = {ID, PLAIN("status", "How it ended"), CURRENCY, WHOLE("amount", "In minor units"),
                 WHOLE("amountRefunded", "In minor units"), FLAG("isDisputed", "It was disputed"),
                 CREATED},
     .count = 7},
    {.name = "refunds",
     .doc = "Money given back",
     .statement = Q_EXPORT_REFUNDS,
     .columns = {ID, PLAIN("status", "How it ended"), CURRENCY, WHOLE("amount", "In minor units"),
                 CREATED},
     .count = 5},
    {.name = "payment_methods",
     .doc = "Ways to pay; the numbers are the payment provider's",
     .statement = Q_EXPORT_PAYMENT_METHODS,
     .sealed = &sealed_payment_methods,
     .columns = {ID, PLAIN("type", "card or another"), PLAIN("brand", "Of a card"),
                 TEXT("last4", "Its last digits", SEALED(PAYMENT_METHODS_LAST4)),
                 WHOLE("expiryMonth", "Of a card"), WHOLE("expiryYear", "Of a card"),
                 FLAG("isDefault", "It is used first"), CREATED,
                 INSTANT("detachedAt", "When it was removed")},
     .count = 9},
    {.name = "usage",
     .doc = "Totals by day and by period of usage",
     .statement = Q_EXPORT_USAGE,
     .columns = {PLAIN("id", "Of the total"), PLAIN("metric", "What was used"),
                 PLAIN("period", "day or period"), INSTANT("start", "When it begins"),
                 PLAIN("region", "Where, as events say"), PLAIN("resource", "Of what, the same"),
                 WHOLE("value", "In the metric's unit"), WHOLE("events", "How many were added")},
     .count = 8},
    {.name = "alerts",
     .doc = "What they want to be told of, and who is",
     .statement = Q_EXPORT_USAGE_ALERTS,
     .sealed = &sealed_usage_alerts,
     .columns = {ID, PLAIN("metric", "Of what; empty: of money"),
                 PLAIN("basis", "Against the limit, an amount, or money"),
                 WHOLE("amount", "Of the rule's own"), CURRENCY,
                 PLAIN("thresholds", "Percents of it"), PLAIN("action", "What then happens"),
                 TEXT("recipients", "Who is told", SEALED(USAGE_ALERTS_RECIPIENTS)), CREATED},
     .count = 9},
    {.name = "alertsTold",
     .doc = "What they were told by them",
     .statement = Q_EXPORT_USAGE_ALERT_FIRINGS,
     .columns = {ID, PLAIN("alertId", "By which"), PLAIN("metric", "Of what; empty: of money"),
                 WHOLE("threshold", "In percent"), WHOLE("value", "How it stood"),
                 WHOLE("base", "Of which that is so much"), CURRENCY, INSTANT("firedAt", "When")},
     .count = 8},
    {.name = "signals",
     .doc = "Of which limits they were warned, what was refused to them, which features they asked "
            "for",
     .statement = Q_EXPORT_ADOPTION_SIGNALS,
     .columns = {PLAIN("id", "Of the row"),
                 PLAIN("kind", "warning, block, denied_feature or used_feature"),
                 PLAIN("name", "The metric or the feature"), INSTANT("on", "On which day")},
     .count = 4},
    {.name = "invoiceFiles",
     .doc = "Files of a year's invoices that were asked for",
     .statement = Q_EXPORT_INVOICE_ARCHIVES,
     .columns = {ID, WHOLE("year", "Of which year"), PLAIN("status", "How it stands"),
                 INSTANT("requestedAt", "When"), INSTANT("finishedAt", "When it was made"),
                 WHOLE("size", "In bytes"), PLAIN("sha256", "Of the file")},
     .count = 7},
    {.name = "history",
     .doc = "What happened to the billing",
     .statement = Q_EXPORT_HISTORY,
     .sealed = &sealed_billing_events,
     .columns = {ID, PLAIN("type", "What"), WHOLE("amount", "In minor units"), CURRENCY,
                 TEXT("description", "In words", SEALED(BILLING_EVENTS_DESCRIPTION)),
                 JSON("metadata", "More of it", BILLING_EVENTS_METADATA), CREATED},
     .count = 7},
    {.name = "mails",
     .doc = "What was written to the customer",
     .statement = Q_EXPORT_MAILS,
     .sealed = &sealed_mails,
     .columns = {ID, PLAIN("kind", "What about"), PLAIN("language", "In which"),
                 TEXT("address", "Where to", SEALED(MAILS_ADDRESS)),
                 TEXT("subject", "Its first line", SEALED(MAILS_SUBJECT)),
                 PLAIN("status", "Whether it was sent"), CREATED, INSTANT("sentAt", "When")},
     .count = 8},
    {.name = "members",
     .doc = "Who acts for the customer; names of who asks alone",
     .statement = Q_EXPORT_MEMBERS,
     .sealed = &sealed_people,
     .is_of_people = true,
     .columns = {ID, PLAIN("role", "What they may"), CREATED,
                 TEXT("email", "Of who asks", SEALED(PEOPLE_EMAIL)),
                 TEXT("name", "Of who asks", SEALED(PEOPLE_NAME))},
     .count = 5},
    {.name = "sessions",
     .doc = "Where who asks is signed in",
     .statement = Q_EXPORT_SESSIONS,
     .sealed = &sealed_sessions,
     .is_of_asker = true,
     .columns = {ID, PLAIN("kind", "How"), TEXT("address", "From where", SEALED(SESSIONS_ADDRESS)),
                 TEXT("userAgent", "By which browser", SEALED(SESSIONS_USER_AGENT)), CREATED,
                 INSTANT("seenAt", "When last"), INSTANT("expiresAt", "When it ends")},
     .count = 7},
    {.name = "audit",
     .doc = "Who did what; of others than who asks only what they are",
     .statement = Q_EXPORT_AUDIT,
     .sealed = &sealed_audit_reasons,
     .columns = {ID, INSTANT("at", "When"), MEMBER("actorKind", "What they are"),
                 PLAIN("actor", "Who asks, where it was them"), PLAIN("action", "What"),
                 PLAIN("object", "About what"), MEMBER("outcome", "What came of it"),
                 TEXT("reason", "In the words of whoever asked", SEALED(AUDIT_REASONS_REASON))},
     .count = 8},
    {.name = "choices",
     .doc = "What they allow beyond what the contract needs",
     .statement = Q_EXPORT_CHOICES,
     .columns = CHOICE_COLUMNS,
     .count = 7},
    {.name = "experiments",
     .doc = "What they were shown in experiments with prices",
     .statement = Q_EXPORT_EXPERIMENTS,
     .columns = {PLAIN("experimentId", "Which"), WHOLE("arm", "0: as everybody else"),
                 PLAIN("versions", "Of the plans that were shown; 0: the one that is sold"),
                 PLAIN("page", "Where"), INSTANT("exposedAt", "When first")},
     .count = 5},
    {.name = "privacyConsents",
     .doc = "What they allowed or took back, each time",
     .statement = Q_EXPORT_PRIVACY_CONSENTS,
     .columns = CONSENT_COLUMNS,
     .count = 6},
};
const size_t export_nouns_of_customer_count = ARRAY_LEN(export_nouns_of_customer);

const struct export_noun export_nouns_of_person[] = {
    {.name = "person",
     .doc = "Who the person is",
     .statement = Q_EXPORT_PERSON,
     .sealed = &sealed_people,
     .is_of_people = true,
     .columns = {ID, TEXT("email", "Where mails go", SEALED(PEOPLE_EMAIL)),
                 TEXT("name", "As others see it", SEALED(PEOPLE_NAME)),
                 PLAIN("language", "Of mails"), PLAIN("operatorRole", "In the installation"),
                 INSTANT("passwordChangedAt", "When last"), CREATED},
     .count = 7},
    {.name = "memberships",
     .doc = "For whom they act",
     .statement = Q_EXPORT_MEMBERSHIPS,
     .columns = {PLAIN("userId", "The customer"), PLAIN("role", "What they may"), CREATED},
     .count = 3},
    {.name = "sessions",
     .doc = "Where they are signed in",
     .statement = Q_EXPORT_ALL_SESSIONS,
     .sealed = &sealed_sessions,
     .is_of_asker = true,
     .columns = {ID, PLAIN("kind", "How"), TEXT("address", "From where", SEALED(SESSIONS_ADDRESS)),
                 TEXT("userAgent", "By which browser", SEALED(SESSIONS_USER_AGENT)), CREATED,
                 INSTANT("seenAt", "When last"), INSTANT("expiresAt", "When it ends")},
     .count = 7},
    {.name = "signIns",
     .doc = "Where they signed in, or tried to",
     .statement = Q_EXPORT_SIGN_INS,
     .sealed = &sealed_sign_ins,
     .is_of_asker = true,
     .columns = {ID, INSTANT("at", "When"), PLAIN("method", "How"),
                 PLAIN("outcome", "What came of it"),
                 TEXT("address", "From which network", SEALED(SIGN_INS_ADDRESS)),
                 TEXT("userAgent", "By which browser", SEALED(SIGN_INS_USER_AGENT))},
     .count = 6},
    {.name = "emailChanges",
     .doc = "Addresses that they asked for",
     .statement = Q_EXPORT_EMAIL_CHANGES,
     .sealed = &sealed_email_changes,
     .is_of_asker = true,
     .columns = {ID, TEXT("oldEmail", "Instead of which", SEALED(EMAIL_CHANGES_OLD)),
                 TEXT("newEmail", "Which", SEALED(EMAIL_CHANGES_NEW)), INSTANT("askedAt", "When"),
                 INSTANT("doneAt", "When it was confirmed"),
                 INSTANT("stoppedAt", "When it was stopped or taken back")},
     .count = 6},
    {.name = "appearance",
     .doc = "How they want pages to look",
     .statement = Q_EXPORT_APPEARANCE,
     .columns = {ID, PLAIN("scheme", "Light, dark, or as the system says"),
                 PLAIN("language", "Of the pages"), PLAIN("locale", "How numbers are written"),
                 PLAIN("timeZone", "In which times are shown"),
                 WHOLE("firstWeekday", "Where their week begins; 1 is Monday")},
     .count = 6},
    {.name = "savedViews",
     .doc = "Choices of lists that they keep",
     .statement = Q_EXPORT_SAVED_VIEWS,
     .columns = {ID, PLAIN("list", "Of which list"), PLAIN("name", "As they call it"),
                 PLAIN("query", "What it chooses"), CREATED},
     .count = 5},
    {.name = "passkeys",
     .doc = "What proves them",
     .statement = Q_EXPORT_PASSKEYS,
     .sealed = &sealed_passkeys,
     .is_of_asker = true,
     .columns = {ID, TEXT("name", "As they call it", SEALED(PASSKEYS_NAME)), CREATED,
                 INSTANT("usedAt", "When last")},
     .count = 4},
    {.name = "acts",
     .doc = "What they have done",
     .statement = Q_EXPORT_ACTS,
     .columns = {ID, INSTANT("at", "When"), PLAIN("userId", "For which customer"),
                 PLAIN("action", "What"), PLAIN("object", "About what"),
                 MEMBER("outcome", "What came of it")},
     .count = 6},
    {.name = "choices",
     .doc = "What they allow beyond what the contract needs",
     .statement = Q_EXPORT_OWN_CHOICES,
     .columns = CHOICE_COLUMNS,
     .count = 7},
    {.name = "privacyConsents",
     .doc = "What they allowed or took back, each time",
     .statement = Q_EXPORT_OWN_CONSENTS,
     .columns = CONSENT_COLUMNS,
     .count = 6},
};
const size_t export_nouns_of_person_count = ARRAY_LEN(export_nouns_of_person);

static bool is_number(enum export_kind kind) {
    return kind == EXPORT_WHOLE || kind == EXPORT_FLAG || kind == EXPORT_INSTANT;
}

static struct row_type type_of(const struct export_noun *noun,
                               struct column into[EXPORT_COLUMNS_MAX]) {
    check(noun->count <= EXPORT_COLUMNS_MAX);
    for (size_t i = 0; i < noun->count; i++) {
        size_t at = offsetof(struct export_row, values) + i * sizeof(struct export_value);
        into[i] =
            is_number(noun->columns[i].kind)
                ? (struct column){COLUMN_I64_OPT, at + offsetof(struct export_value, whole), NULL}
                : (struct column){COLUMN_TEXT_OPT, at + offsetof(struct export_value, text), NULL};
    }
    return (struct row_type){into, noun->count, sizeof(struct export_row), NULL};
}

static struct err open_row(struct tx *tx, const struct export_noun *noun, struct str of,
                           struct export_row *row) {
    struct str id = row->values[0].text;
    for (size_t i = 0; i < noun->count; i++) {
        if (noun->columns[i].sealed > 0) {
            struct sealed_place place = {noun->sealed, noun->columns[i].sealed - 1, of, id};
            TRY(sealed_read(tx, &place, row->values[i].text, &row->values[i].text));
        }
    }
    return OK;
}

static struct err read_rows(struct tx *tx, const struct export_noun *noun, struct row_query query,
                            struct row_list *ret_list) {
    struct column columns[EXPORT_COLUMNS_MAX];
    struct row_type type = type_of(noun, columns);
    return row_list(tx, &type, query, EXPORT_PAGE, ret_list);
}

struct err export_page(struct tx *tx, const struct export_noun *noun,
                       const struct export_whose *whose, struct str after,
                       struct row_list *ret_list) {
    TRY(read_rows(tx, noun,
                  ROW_QUERY(noun->statement, db_text(whose->user_id), db_text(after),
                            db_i64(EXPORT_PAGE), db_text(whose->person_id)),
                  ret_list));
    struct export_row *rows = ret_list->items;
    for (size_t i = 0; i < ret_list->count; i++) {
        struct str id = rows[i].values[0].text;
        struct str of = noun->is_of_people  ? id
                        : noun->is_of_asker ? whose->person_id
                                            : whose->user_id;
        TRY(open_row(tx, noun, of, &rows[i]));
    }
    return OK;
}

struct err export_read_rows(struct tx *tx, const struct export_read *read, struct row_query query,
                            struct row_list *ret_list) {
    TRY(read_rows(tx, read->noun, query, ret_list));
    struct export_row *rows = ret_list->items;
    for (size_t i = 0; i < ret_list->count; i++) {
        struct str of = read->noun->is_of_people ? rows[i].values[0].text
                        : read->whose > 0        ? rows[i].values[read->whose - 1].text
                                                 : STR("");
        TRY(open_row(tx, read->noun, of, &rows[i]));
    }
    return OK;
}
