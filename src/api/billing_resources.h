/* The handlers and shapes of what a customer is billed, and by which name, number and way; as
 * api/resources.h. */
#ifndef API_BILLING_RESOURCES_H
#define API_BILLING_RESOURCES_H

#include "api/invoice_archives.h"
#include "api/request.h"
#include "api/shapes.h"
#include "app/invoice.h"

/* payment_methods.c */
void payment_methods_list(struct api_request *request);
void payment_methods_add(struct api_request *request);
void payment_methods_set_up(struct api_request *request);
void payment_methods_make_default(struct api_request *request);
void payment_methods_remove(struct api_request *request);
extern const struct shape payment_method_shape, payment_methods_shape, payment_method_add_shape,
    card_setup_shape;
extern const struct shape setup_page_shape;

/* details.c */
void billing_details_show(struct api_request *request);
void billing_details_set(struct api_request *request);
extern const struct shape billing_details_shape;

/* tax_ids.c */
void tax_ids_show(struct api_request *request);
void tax_ids_add(struct api_request *request);
void tax_ids_remove(struct api_request *request);
extern const struct shape tax_ids_shape, tax_id_in_shape;

/* transfer.c */
void bank_transfer_ask(struct api_request *request);
void bank_transfer_show(struct api_request *request);
extern const struct shape bank_transfer_shape;

/* invoice_list.c */
void invoices_list(struct api_request *request);
void invoices_years(struct api_request *request);
extern const struct shape invoices_shape, invoice_search_shape, invoice_years_shape;

/* invoice_events.c */
void invoices_events(struct api_request *request);
extern const struct shape invoice_events_shape;

/* invoices.c */
void invoices_get(struct api_request *request);
void invoices_upcoming(struct api_request *request);
void invoices_pay(struct api_request *request);
extern const struct shape invoice_shape, upcoming_shape;
/* The customer's invoice of the path; false, with a reply, when there is none of this id. */
bool find_invoice(struct api_request *request, struct invoice_row *ret_row);
/* What the customer's balance adds to an invoice's amount; negative: it pays so much. */
struct money balance_added(struct money due, struct money amount);

/* invoice_pdf.c */
void invoices_get_pdf(struct api_request *request);
void invoices_upcoming_pdf(struct api_request *request);

/* explain.c */
void invoices_explain(struct api_request *request);
extern const struct shape explanation_shape;

/* usage_evidence.c */
void invoices_usage_evidence(struct api_request *request);
extern const struct shape usage_evidence_shape;

/* costs.c */
void costs_get(struct api_request *request);
extern const struct shape costs_shape;

/* money_back.c */
void invoices_given_back(struct api_request *request);
extern const struct shape given_back_shape;

/* audit.c */
void audit_list_own(struct api_request *request);
extern const struct shape audit_own_rows_shape;

#endif
