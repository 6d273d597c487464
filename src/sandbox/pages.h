/* The sandbox's own pages: plain HTML without scripts, made with a few helpers that escape. */
#ifndef SANDBOX_PAGES_H
#define SANDBOX_PAGES_H

#include "sandbox/inside.h"

/* The style sheet in parts, since one text may be only so long; NULL ends it. */
extern const char *const page_style[];

/* A page under construction. */
struct page_out {
    struct buf text;
    struct world *world;
};

void html(struct page_out *page, const char *markup);    /* as it is */
void html_text(struct page_out *page, const char *text); /* escaped */
void html_money(struct page_out *page, int64_t cents);   /* "$29.00" */
/* "$29.00", in a currency. */
void html_amount(struct page_out *page, const char *currency, int64_t amount);
void html_time(struct page_out *page, int64_t unix_s); /* "2015-05-17 10:05 UTC" */
void html_date(struct page_out *page, int64_t unix_s); /* "May 17, 2015" */
/* A table cell with escaped text. */
void html_cell(struct page_out *page, const char *text);

/* One page or form: fills the page, or sets the redirect, and returns the HTTP status. */
struct page_turn {
    struct page_out out;
    struct world world;
    const char *id;
    json_t *form; /* of a POST, texts; else empty */
    struct request_log *log;
    char location[2100];
};
int page_home(struct page_turn *turn);
int page_clock_submit(struct page_turn *turn);
int page_link(struct page_turn *turn);
int page_object(struct page_turn *turn);
int page_request(struct page_turn *turn);
int page_pay(struct page_turn *turn);
int page_pay_submit(struct page_turn *turn);
int page_invoice(struct page_turn *turn);
int page_invoice_submit(struct page_turn *turn);
/* The ways to pay an open invoice, and paying it as the form says: false with the reason in the
 * fault. What was declined is kept. */
void invoice_pay_show(struct page_turn *turn, json_t *invoice);
bool invoice_pay(struct page_turn *turn, json_t *invoice);
int page_bank(struct page_turn *turn);
int page_bank_submit(struct page_turn *turn);
int page_verify(struct page_turn *turn);
int page_verify_submit(struct page_turn *turn);
int page_transfer(struct page_turn *turn);
int page_receipt(struct page_turn *turn);
int page_portal(struct page_turn *turn);
int page_portal_submit(struct page_turn *turn);
/* Where to send money: an intent's display_bank_transfer_instructions. */
void transfer_show(struct page_out *out, const json_t *instructions);
int page_invoice_pdf(struct page_turn *turn);
int page_credit_note_pdf(struct page_turn *turn);
json_t *page_invoice_find(struct page_turn *turn);      /* NULL: the id is no invoice's */
const char *page_invoice_status(const json_t *invoice); /* "Due" */

#endif
