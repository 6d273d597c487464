/* The columns of invoices in their order, for statements that select them alone or with more behind
 * them, into a struct that is or begins with a struct invoice_row. */
#ifndef STORE_INVOICE_COLUMNS_H
#define STORE_INVOICE_COLUMNS_H

#include "store/invoice.h"
#include "store/sealed.h"
#include "store/words.h"

#define INVOICE_AT(member) offsetof(struct invoice_row, member)
#define INVOICE_COLUMNS                                                                            \
    {COLUMN_TEXT, INVOICE_AT(user_id), NULL}, {COLUMN_ID, INVOICE_AT(id), NULL},                   \
        {COLUMN_ID, INVOICE_AT(subscription_id), NULL},                                            \
        {COLUMN_TEXT, INVOICE_AT(stripe_invoice_id), NULL},                                        \
        {COLUMN_TEXT_OPT, INVOICE_AT(number), NULL},                                               \
        {COLUMN_NAMED, INVOICE_AT(status), &words_invoice_status},                                 \
        {COLUMN_TEXT, INVOICE_AT(billing_reason), NULL},                                           \
        {COLUMN_TEXT, INVOICE_AT(currency), NULL}, {COLUMN_I64, INVOICE_AT(amount), NULL},         \
        {COLUMN_I64, INVOICE_AT(amount_due), NULL}, {COLUMN_I64, INVOICE_AT(amount_paid), NULL},   \
        {COLUMN_I64, INVOICE_AT(tax), NULL}, {COLUMN_I64_OPT, INVOICE_AT(due_date), NULL},         \
        {COLUMN_I64, INVOICE_AT(period_start), NULL}, {COLUMN_I64, INVOICE_AT(period_end), NULL},  \
        {COLUMN_TEXT, INVOICE_AT(hosted_url), NULL}, {COLUMN_TEXT, INVOICE_AT(pdf_url), NULL},     \
        {COLUMN_TEXT, INVOICE_AT(lines), NULL}, {COLUMN_I64, INVOICE_AT(created_at), NULL},        \
        {COLUMN_I64_OPT, INVOICE_AT(discount), NULL}, {                                            \
        COLUMN_TEXT, INVOICE_AT(coupon), NULL                                                      \
    }

static const struct row_sealed invoice_sealed_members[] = {
    {INVOICE_AT(hosted_url), INVOICES_HOSTED_URL},
    {INVOICE_AT(pdf_url), INVOICES_PDF_URL},
    {INVOICE_AT(lines), INVOICES_LINES},
};
#define INVOICE_SEAL                                                                               \
    {                                                                                              \
        .table = &sealed_invoices, .user = INVOICE_AT(user_id), .id = INVOICE_AT(id),              \
        .has_record_id = true, .members = invoice_sealed_members,                                  \
        .count = ARRAY_LEN(invoice_sealed_members),                                                \
    }

#endif
