/* The populations that are no rows of a table: who may what, and each invoice computed once more.
 */
#include "app/evidence.h"
#include "app/evidence_revoked.h"
#include "app/explain.h"
#include "base/check.h"
#include "core/role.h"

#define PLAIN(name, doc)                                                                           \
    { name, doc, EXPORT_TEXT, .sealed = 0 }
#define WHOLE(name, doc)                                                                           \
    { name, doc, EXPORT_WHOLE, .sealed = 0 }
#define FLAG(name, doc)                                                                            \
    { name, doc, EXPORT_FLAG, .sealed = 0 }
#define INSTANT(name, doc)                                                                         \
    { name, doc, EXPORT_INSTANT, .sealed = 0 }

static struct export_value text(struct str value) {
    return (struct export_value){value, ROW_NONE};
}

static struct export_value whole(int64_t value) {
    return (struct export_value){STR(""), value};
}

/* --- who may what --- */

enum { FIRST_ROLE_COLUMN = 3 };
static_assert(ROLE_COUNT - 1 == 7, "a column for each role");

static struct err read_roles(struct evidence_reading *reading, struct row_list *ret_list) {
    struct export_row *rows = arena_array(reading->tx->cx->arena, PERMISSION_COUNT, sizeof *rows);
    size_t count = 0;
    reading->is_over = true;
    for (int i = PERMISSION_NONE + 1; rows != NULL && i < PERMISSION_COUNT; i++) {
        enum permission permission = (enum permission)i;
        struct export_value *values = rows[count++].values;
        values[0] = text(str_from_cstr(permission_name(permission)));
        values[1] = text(str_from_cstr(permission_doc(permission)));
        values[2] = whole(permission_writes(permission) ? 1 : 0);
        for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
            values[FIRST_ROLE_COLUMN + role - 1] =
                whole(role_may((enum role)role, permission) ? 1 : 0);
        }
    }
    *ret_list = (struct row_list){rows, count};
    return rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- invoices, once more --- */

enum { INVOICES_A_STEP = 10 };

/* Line by line; what cannot be computed is counted as such. */
static struct err explain_all(struct evidence_reading *reading, const struct invoice_row *invoice,
                              struct export_value *values) {
    int64_t lines = 0;
    int64_t agreeing = 0;
    int64_t computed = 0;
    struct explanation of = {.has_line = true};
    struct str reason = STR("");
    while (of.has_line) {
        TRY(explain_read(reading->app, reading->tx, invoice, lines + 1, &of));
        if (of.has_line) {
            lines++;
            computed += of.is_recomputed ? 1 : 0;
            agreeing += of.is_recomputed && of.agrees ? 1 : 0;
            reason = of.is_recomputed ? reason : of.reason;
        }
    }
    values[8] = whole(lines);
    values[9] = whole(computed);
    values[10] = whole(agreeing);
    values[11] = text(reason);
    return OK;
}

static struct err put_invoice(struct evidence_reading *reading, const struct invoice_row *invoice,
                              struct export_row *row) {
    struct export_value *values = row->values;
    values[0] = text(id_str(&invoice->id));
    values[1] = text(invoice->user_id);
    values[2] = text(invoice->number);
    values[3] = text(str_from_cstr(invoice_status_name((enum invoice_status)invoice->status)));
    values[4] = whole(invoice->created_at);
    values[5] = text(invoice->currency);
    values[6] = whole(invoice->amount);
    values[7] = whole(invoice->amount_paid);
    TRY(explain_all(reading, invoice, values));
    int64_t charged = 0;
    TRY(invoice_charged(reading->tx, invoice->user_id, id_str(&invoice->id), &charged));
    values[12] = whole(charged);
    return OK;
}

/* The cursor is the last one's customer, a line break, and its id. */
static struct err read_invoices(struct evidence_reading *reading, struct row_list *ret_list) {
    struct cx *cx = reading->tx->cx;
    struct str id = arena_str(cx->arena, buf_str(reading->cursor));
    struct str user_id = str_cut(&id, '\n');
    struct row_list list;
    size_t count = 0;
    TRY(invoice_walk(reading->tx, user_id, id, INVOICES_A_STEP, &list));
    const struct invoice_row *invoices = list.items;
    struct export_row *rows = arena_array(cx->arena, list.count + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < list.count; i++) {
        bool is_in = invoices[i].created_at >= reading->place->from &&
                     invoices[i].created_at < reading->place->to;
        if (is_in) {
            TRY(put_invoice(reading, &invoices[i], &rows[count++]));
        }
    }
    reading->is_over = list.count < INVOICES_A_STEP;
    if (list.count > 0) {
        const struct invoice_row *last = &invoices[list.count - 1];
        buf_clear(reading->cursor);
        buf_printf(reading->cursor, STR_FMT "\n%s", STR_ARG(last->user_id), last->id.text);
    }
    *ret_list = (struct row_list){rows, count};
    return rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

const struct evidence_source evidence_sources[] = {
    {.noun = {.rows = {.name = "role_matrix",
                       .doc = "Which role may do what; a route of the server asks for one of these",
                       .columns = {PLAIN("permission", "Its name"), PLAIN("doc", "What it allows"),
                                   FLAG("writes", "It changes something"),
                                   FLAG("owner", "Of a customer"),
                                   FLAG("billing_admin", "The same"), FLAG("viewer", "The same"),
                                   FLAG("admin", "An operator"), FLAG("finance", "The same"),
                                   FLAG("support", "The same"), FLAG("auditor", "The same")},
                       .count = 10},
              .control = "CC6.1",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the program's own table, by which it decides",
     .read = read_roles},
    {.noun = {.rows = {.name = "access_revoked",
                       .doc = "Each who lost access, or key that was revoked: when that was asked "
                              "for (they left, or the review began), decided and done",
                       .columns = {PLAIN("id", "Of the audit log's row"),
                                   PLAIN("kind", "operator, member or key"),
                                   PLAIN("subject", "Who, or which"),
                                   PLAIN("customer", "Of a member: whose"),
                                   PLAIN("how", "removed, revoked, or by a review of access"),
                                   PLAIN("decidedBy", "Who"), INSTANT("askedAt", "When asked for"),
                                   INSTANT("decidedAt", "When it was decided"),
                                   INSTANT("removedAt", "When nothing opened any more"),
                                   WHOLE("seconds", "From askedAt to removedAt")},
                       .count = 10},
              .control = "CC6.3",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the audit log's rows operator.remove, member.remove, key.revoke and "
               "access_review.decide that were done; askedAt is leftAt of the request if it said "
               "so, and of a review when it was opened",
     .read = evidence_read_revoked},
    {.noun = {.rows = {.name = "time_to_revoke",
                       .doc = "Over access_revoked: how long it took until access was gone",
                       .columns = {PLAIN("kind", "operator, member or key"),
                                   WHOLE("count", "How many lost access"),
                                   WHOLE("medianSeconds", "Half of them took no longer"),
                                   WHOLE("maxSeconds", "The one that took longest")},
                       .count = 4},
              .control = "CC6.3",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the rows of access_revoked by kind, at most 10,000 of each action",
     .read = evidence_read_time_to_revoke},
    {.noun = {.rows = {.name = "invoices",
                       .doc = "Invoices made in the period, each line computed once more from the "
                              "plan, the calendar and the formula, and what was charged for them",
                       .columns = {PLAIN("id", "Ours"), PLAIN("userId", "The customer"),
                                   PLAIN("number", "On the paper"),
                                   PLAIN("status", "How it stands"), INSTANT("createdAt", "When"),
                                   PLAIN("currency", "ISO 4217"),
                                   WHOLE("amount", "With tax, in minor units"),
                                   WHOLE("amountPaid", "In minor units"),
                                   WHOLE("lines", "On the paper"),
                                   WHOLE("linesComputed", "That could be computed once more"),
                                   WHOLE("linesAgreeing", "And came to the same, to the cent"),
                                   PLAIN("reason", "Why a line could not be computed"),
                                   WHOLE("charged", "Taken by charges, in minor units")},
                       .count = 13},
              .control = "PI1",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "all invoices by customer and id, of which those made in the period, through the "
               "same function as turnpike explain",
     .read = read_invoices},
};
const size_t evidence_sources_count = ARRAY_LEN(evidence_sources);
