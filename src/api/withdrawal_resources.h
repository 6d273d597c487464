/* The handlers and shapes of withdrawal; as api/resources.h. */
#ifndef API_WITHDRAWAL_RESOURCES_H
#define API_WITHDRAWAL_RESOURCES_H

#include "api/request.h"
#include "api/shapes.h"
#include "app/withdrawal.h"

/* withdrawals.c */
void withdrawals_show(struct api_request *request);
void withdrawals_withdraw(struct api_request *request);
void withdrawals_list_all(struct api_request *request);
bool withdrawals_only_asks(const struct api_request *request);
extern const struct shape withdrawal_offer_shape, withdraw_shape, withdraw_query_shape;
extern const struct shape withdrawal_statement_shape, withdrawal_shape, withdrawals_shape;

#endif
