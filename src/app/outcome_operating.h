/* How what operators ask for ends, and what a store may answer: rows of OUTCOMES (app/outcome.h),
 * where their form is told. */
#ifndef APP_OUTCOME_OPERATING_H
#define APP_OUTCOME_OPERATING_H

#define OUTCOMES_OPERATING(X)                                                                      \
    X(KEY_NOT_ACTIVE, "key_not_active", "This API key has expired or was revoked.")                \
    X(KEY_WALK_RUNNING, "key_walk_running",                                                        \
      "A walk under newer keys is under way. Wait until it has ended.")                            \
    X(KEY_UNCHANGED, "key_unchanged",                                                              \
      "The key from outside is the same as before. Put the newer one before it, on a line of its " \
      "own.")                                                                                      \
    X(EARLIER_KEY_MISSING, "earlier_key_missing",                                                  \
      "The key of before must stay behind the newer one until the walk has ended.")                \
    X(KEY_SOURCE_FAILED, "key_source_failed",                                                      \
      "The key from outside could not be read again; the log says why. Nothing was changed.")      \
    X(MAIL_NOT_FOUND, "mail_not_found", "There is no such mail.")                                  \
    X(MAIL_NOT_RETRYABLE, "mail_not_retryable",                                                    \
      "Only a mail that failed, was suppressed or stayed here can be sent once more.")             \
    X(MAIL_NOT_SUPPRESSED, "mail_not_suppressed", "Nothing keeps mails from this address.")        \
    X(MAIL_SERVER_MISSING, "mail_server_missing", "No mail server is set: start with --smtp-url.") \
    X(INVOICE_NOT_TOLD, "invoice_not_told",                                                        \
      "No mail about this invoice, as it stands now, could be sent once more.")                    \
    X(TRIAL_NOT_RUNNING, "trial_not_running", "The customer's plan is in no trial.")               \
    X(TRIAL_OUT_OF_RANGE, "trial_out_of_range",                                                    \
      "A trial can end later than it would have, and within a year from now.")                     \
    X(TRIAL_CHANGED, "trial_changed",                                                              \
      "The trial ends at another time than was shown by now. Look at it again.")                   \
    X(TRIAL_FIXED, "trial_fixed", "A change waits for the end of this trial. Take it back first.") \
    X(SUBSCRIPTION_PAUSED, "subscription_paused", "The subscription is paused already.")           \
    X(SUBSCRIPTION_NOT_PAUSED, "subscription_not_paused", "The subscription is not paused.")       \
    X(PAUSE_OWING, "pause_owing", "Money is owed. A pause can begin once it is paid.")             \
    X(PAUSE_FIXED, "pause_fixed",                                                                  \
      "An end or a change waits for the period's end. Take it back first.")                        \
    X(PAUSE_NOT_OFFERED, "pause_not_offered",                                                      \
      "Only what is paid by the month can be paused, until a day.")                                \
    X(PAUSE_CHANGED, "pause_changed",                                                              \
      "The plan is another than was shown by now. Look at it again.")                              \
    X(PAUSE_OUT_OF_RANGE, "pause_out_of_range",                                                    \
      "A pause ends after now, and within twelve months.")                                         \
    X(WEBHOOK_NOT_FOUND, "webhook_not_found", "No event of this id has arrived.")                  \
    X(WEBHOOK_ENDPOINT_NOT_FOUND, "webhook_endpoint_not_found", "There is no such endpoint.")      \
    X(WEBHOOK_ENDPOINTS_FULL, "webhook_endpoints_full", "There are 16 already: delete one.")       \
    X(WEBHOOK_ENDPOINT_DISABLED, "webhook_endpoint_disabled", "The endpoint is disabled.")         \
    X(WEBHOOK_DELIVERY_NOT_FOUND, "webhook_delivery_not_found", "There is no such delivery.")      \
    X(SET_ASIDE_NOT_FOUND, "set_aside_not_found", "Nothing of this id is set aside.")              \
    X(RECONCILIATION_RUNNING, "reconciliation_running",                                            \
      "A reconciliation is under way. Wait until it has ended.")                                   \
    X(RECONCILIATION_OVER, "reconciliation_over", "This walk has ended.")                          \
    X(AUDIT_LOOK_BUSY, "audit_look_busy",                                                          \
      "Another look at the audit log is under way: cancel it, or wait for its end.")               \
    X(SAVED_VIEW_NOT_FOUND, "saved_view_not_found", "There is no such saved view.")                \
    X(SAVED_VIEW_NOT_YOURS, "saved_view_not_yours",                                                \
      "This view is somebody else's: they, or an admin, may change it.")                           \
    X(SAVED_VIEW_NAME_TAKEN, "saved_view_name_taken", "There is a view of this name already.")     \
    X(SAVED_VIEWS_TOO_MANY, "saved_views_too_many",                                                \
      "There are as many saved views as one may have: delete one first.")                          \
    X(AUDIT_LOOK_NOT_FOUND, "audit_look_not_found", "There is no such look at the audit log.")     \
    X(AUDIT_LOOK_OVER, "audit_look_over", "This look at the audit log has ended.")                 \
    X(RECONCILIATION_NOT_FOUND, "reconciliation_not_found", "There is no such reconciliation.")    \
    X(LINE_NOT_FOUND, "line_not_found", "The invoice has no such line; they count from 1.")        \
    X(LEASE_INCARNATION, "incarnation_changed",                                                    \
      "The store was restored from a backup: begin a new epoch, without an incarnation.")          \
    X(CHARGING_FROZEN, "charging_frozen",                                                          \
      "Nothing is changed at the payment provider until a restored backup has been compared with " \
      "it.")                                                                                       \
    X(NOT_FROZEN, "not_frozen", "Charging is not frozen.")                                         \
    X(INGESTION_PAUSED, "ingestion_paused",                                                        \
      "Usage events are not taken in for a while. Keep them, and send them again: none is lost.")  \
    X(INGESTION_PAUSED_ALREADY, "ingestion_paused_already", "Usage events are kept out already.")  \
    X(INGESTION_RUNS, "ingestion_runs", "Usage events are taken in already.")                      \
    X(CUSTOMER_PARKED, "customer_parked",                                                          \
      "An unusual invoice of this customer is being looked at. Nothing is charged until then.")    \
    X(CUSTOMER_NOT_PARKED, "customer_not_parked", "This customer is not parked.")                  \
    X(STORE_FULL, "store_full", "The disk is full: nothing was changed.")                          \
    X(STORE_BUSY, "store_busy", "Too much is waiting to be written. Try again shortly.")           \
    X(STORE_FAILED, "store_failed", "The change could not be stored: nothing was changed.")        \
    X(INTERNAL, "internal", "Something failed here. The log has it under the requestId.")

#endif
