/* Who is billed and where: what invoices say, and what tax is worked out by. */
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/billed_to.h"
#include "app/customer_details.h"

#define COUNTRY_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define AT(member) offsetof(struct billing_details, member)
#define LINE(json, doc, member)                                                                    \
    {                                                                                              \
        json, doc, SHAPE_STR, .offset = AT(member), .max = LIMIT_NAME,                             \
                              .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL | SHAPE_IN_CHARACTERS       \
    }

static const struct shape_field address_fields[] = {
    LINE("line1", "Street and number", line1),
    LINE("line2", "What the first line has no room for", line2),
    LINE("city", "City or town", city),
    LINE("state", "State, county or province; of the United States two letters", state),
    LINE("postalCode", "Needed for tax in the United States and Canada", postal_code),
    {"country", "ISO 3166-1, two capitals", SHAPE_STR, .offset = AT(country), .min = 2, .max = 2,
     .allowed = COUNTRY_CHARACTERS, .flags = SHAPE_NULLABLE},
};
static const struct shape address_shape =
    SHAPE("BillingAddress", "Where a customer is billed", struct billing_details, address_fields);

static const struct shape_field details_fields[] = {
    {"email", "Where invoices go", SHAPE_STR, .offset = AT(email), .min = 3, .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"name", "Whom invoices are made out to", SHAPE_STR, .offset = AT(name), .min = 1,
     .max = LIMIT_NAME, .flags = SHAPE_PERSONAL | SHAPE_IN_CHARACTERS},
    {"purchaseOrder", "Printed on all invoices to come", SHAPE_STR, .offset = AT(purchase_order),
     .max = PURCHASE_ORDER_MAX, .flags = SHAPE_OPTIONAL | SHAPE_REFERENCE | SHAPE_IN_CHARACTERS},
    {"address", "Where tax is owed", SHAPE_OBJECT, .offset = 0, .of = &address_shape},
};
#undef AT
const struct shape billing_details_shape =
    SHAPE("BillingDetails", "Who is billed, and where", struct billing_details, details_fields);

static void reply_details(struct api_request *request) {
    struct tx tx = request_read(request);
    struct billing_details details;
    bool is_found = false;
    if (reply_if_failed(request,
                        customer_details_read(&tx, request->user_id, &details, &is_found))) {
        return;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    details.country = text_or_null(details.country);
    reply_value(request, 200, &billing_details_shape, &details);
}

void billing_details_show(struct api_request *request) {
    reply_details(request);
}

static void kept(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_details(request);
}

void billing_details_set(struct api_request *request) {
    const struct billing_details *in = request->body;
    request_operation(request,
                      &(struct operation_request){
                          .kind = OPERATION_DETAILS, .tier = -1, .interval = -1, .details = *in},
                      kept);
}
