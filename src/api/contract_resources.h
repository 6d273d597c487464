/* The handlers and shapes of contracts; as api/resources.h. */
#ifndef API_CONTRACT_RESOURCES_H
#define API_CONTRACT_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/contract_bill.h"

/* contracts.c */
void contracts_request(struct api_request *request);
void contracts_list(struct api_request *request);
void contracts_get(struct api_request *request);
void contracts_decline(struct api_request *request);
extern const struct shape contract_request_shape;
void contracts_accept(struct api_request *request);
void contracts_notice(struct api_request *request);
extern const struct shape contract_reason_shape, contract_decline_shape, contract_accept_shape;

/* contract_pdf.c */
void contracts_get_pdf(struct api_request *request);

/* contract_admin.c */
void contract_admin_list(struct api_request *request);
void contract_admin_get(struct api_request *request);
void contract_admin_create(struct api_request *request);
void contract_admin_write(struct api_request *request);
void contract_admin_submit(struct api_request *request);
void contract_admin_withdraw(struct api_request *request);
void contract_admin_amend(struct api_request *request);
void contract_admin_notice(struct api_request *request);
extern const struct shape contracts_query_shape;
extern const struct shape contract_create_shape, contract_write_shape;

/* contract_out.c: as shown. What only operators see comes last. */
extern const char *const contract_status_names[]; /* by enum contract_status, and NULL */
extern const struct shape contract_shape, contracts_shape;
extern const struct shape contract_admin_shape, contract_admin_page_shape;
struct contract_out {
    struct str id, user_id, terms_hash, purchase_order, note, message, amends, decline_reason;
    struct str accepted_name;
    int64_t number, valid_until, created_at, accepted_at, starts_at, ends_at;
    struct contract_terms_entry terms;
    struct money total;
    int status;
    bool has_terms, has_valid_until, is_accepted, has_start, has_end;
    struct str requested_by, written_by, approval_id;
    int64_t offer_days, updated_at;
    int64_t version, next_price_at, notice_until, notice_at;
    struct str follows;
    struct money price, next_price;
    bool has_price, has_next_price, has_notice_until, has_notice, has_changes, renews;
    struct shape_list changes; /* of struct contract_change */
    struct shape_list prices;  /* of struct contract_price_out */
    struct contract_bill bill;
};
/* What an amendment, or a renewal, makes of what it follows. */
struct contract_change {
    struct str name, before, after; /* the values as JSON */
};
/* A price to come. */
struct contract_price_out {
    int64_t at;
    struct money amount;
    bool renewal;
};
enum contract_reader { CONTRACT_TO_CUSTOMER, CONTRACT_TO_OPERATOR };
MUST_USE struct err contract_out_of(struct api_request *request, const struct contract_row *row,
                                    enum contract_reader reader, struct contract_out *ret_out);
/* False, with a reply, when there is none, or this reader may not know of it. */
MUST_USE bool find_contract(struct api_request *request, struct str id, enum contract_reader reader,
                            struct contract_row *ret_row);
/* As it stands now. */
void reply_contract(struct api_request *request, int status, struct str id,
                    enum contract_reader reader);
/* Submits a step of the contract in the path and answers with what became of it. */
void move_contract(struct api_request *request, enum contract_event event,
                   enum contract_reader reader);
/* Says that the contract in the path does not renew. */
void give_contract_notice(struct api_request *request, enum contract_reader reader);
/* The page of these rows, one more than `size` when another follows. */
void reply_contracts(struct api_request *request, const struct row_list *list, size_t size,
                     enum contract_reader reader);

#endif
