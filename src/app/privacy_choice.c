/* What somebody allows beyond what the contract needs (GDPR, 7 and 21), each change written down
 * for good, and that for a while nothing is done with it at all (18). */
#include "app/privacy.h"

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "base/check.h"

struct err privacy_choices_read(struct tx *tx, struct str subject,
                                struct privacy_choices_row *ret_row) {
    bool is_found = false;
    *ret_row = (struct privacy_choices_row){
        .subject = subject, .restricted_at = ROW_NONE, .restricted_by = STR("")};
    return privacy_choices_get(tx, subject, ret_row, &is_found);
}

struct err privacy_consents_read(struct tx *tx, struct str subject, struct row_list *ret_list) {
    return privacy_consents_of(tx, subject, PRIVACY_CONSENTS_SHOWN, ret_list);
}

static const char *const purposes[PURPOSE_COUNT] = {
    [PURPOSE_ANALYTICS] = "analytics",
    [PURPOSE_EXPERIMENTS] = "experiments",
    [PURPOSE_FEEDBACK_MAIL] = "feedbackMail",
    [PURPOSE_MARKETING] = "marketing",
};

static bool is_chosen(const struct privacy_choices_row *row, enum privacy_purpose purpose) {
    const bool chosen[PURPOSE_COUNT] = {
        [PURPOSE_ANALYTICS] = row->analytics,
        [PURPOSE_EXPERIMENTS] = row->experiments,
        [PURPOSE_FEEDBACK_MAIL] = row->feedback_mail,
        [PURPOSE_MARKETING] = row->marketing,
    };
    check(purpose < PURPOSE_COUNT);
    return chosen[purpose];
}

struct err privacy_allows(struct tx *tx, struct str subject, enum privacy_purpose purpose,
                          bool *ret_allows) {
    struct privacy_choices_row row;
    TRY(privacy_choices_read(tx, subject, &row));
    *ret_allows = row.restricted_at == ROW_NONE && is_chosen(&row, purpose);
    return OK;
}

/* --- choosing --- */

static struct str facts(struct tx *tx, const struct privacy_choices_row *row) {
    return AUDIT_FACTS(tx->cx, AUDIT_WHOLE("analytics", row->analytics ? 1 : 0),
                       AUDIT_WHOLE("experiments", row->experiments ? 1 : 0),
                       AUDIT_WHOLE("feedbackMail", row->feedback_mail ? 1 : 0),
                       AUDIT_WHOLE("marketing", row->marketing ? 1 : 0));
}

/* A row for each purpose that they now say otherwise of, or for the first time. */
static struct err note_consents(struct tx *tx, const struct privacy_choose *choose,
                                const struct privacy_choices_row *before) {
    const struct privacy_choices_row *now = &choose->row;
    for (int i = 0; i < PURPOSE_COUNT; i++) {
        enum privacy_purpose purpose = (enum privacy_purpose)i;
        if (before->updated_at > 0 && is_chosen(before, purpose) == is_chosen(now, purpose)) {
            continue;
        }
        const struct privacy_consent_row row = {
            .id = id_new(tx->cx, "cons"),
            .subject = now->subject,
            .purpose = str_from_cstr(purposes[i]),
            .is_allowed = is_chosen(now, purpose),
            .text_version = choose->text_version,
            .how = choose->is_by_person ? STR("page") : STR("platform"),
            .said_by = audit_actor_id(tx),
            .at = now->updated_at,
        };
        TRY(privacy_consent_insert(tx, &row));
    }
    return OK;
}

static struct err run_choose(struct command *command, struct tx *tx) {
    struct privacy_choose *choose = (struct privacy_choose *)command;
    struct privacy_choices_row before;
    if (choose->user_id.len > 0) {
        TRY(privacy_customer_stands(tx, choose->user_id, &command->outcome));
        if (command->outcome != OUTCOME_DONE) {
            return OK;
        }
    }
    TRY(privacy_choices_read(tx, choose->row.subject, &before));
    choose->row.updated_at = cx_now_ms(tx->cx);
    choose->row.restricted_at = before.restricted_at;
    choose->row.restricted_by = before.restricted_by;
    audit_say(tx,
              &(struct audit_said){.before = facts(tx, &before), .after = facts(tx, &choose->row)});
    TRY(note_consents(tx, choose, &before));
    return privacy_choices_put(tx, &choose->row);
}

void privacy_choose(struct app *app, struct privacy_choose *choose) {
    choose->command.run = run_choose;
    choose->command.after = NULL;
    command_submit(app, &choose->command);
}

/* --- restriction --- */

/* Whoever had it restricted hears before anything is done again, and when somebody else did it. */
static struct err tell(struct app *app, struct tx *tx, const struct privacy_restrict *restrict_) {
    int64_t now = cx_now_ms(tx->cx);
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_flag(&values, "isRestricted", restrict_->is_restricted);
    mail_values_str(&values, "reason", restrict_->reason);
    mail_values_time(&values, "at", now);
    const struct mail_order order = {
        .user_id = restrict_->user_id,
        .kind = MAIL_KIND_PRIVACY_RESTRICTION,
        .dedupe_key = arena_printf(tx->cx->arena, "privacy_restriction:%lld:%s", (long long)now,
                                   restrict_->is_restricted ? "set" : "lifted"),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &order);
}

static struct err run_restrict(struct command *command, struct tx *tx) {
    struct privacy_restrict *restrict_ = (struct privacy_restrict *)command;
    struct privacy_choices_row row;
    if (restrict_->user_id.len > 0) {
        TRY(privacy_customer_stands(tx, restrict_->user_id, &command->outcome));
        if (command->outcome != OUTCOME_DONE) {
            return OK;
        }
    }
    TRY(privacy_choices_read(tx, restrict_->subject, &row));
    bool was_restricted = row.restricted_at != ROW_NONE;
    if (was_restricted == restrict_->is_restricted) {
        return OK;
    }
    audit_say(tx, &(struct audit_said){
                      .customer = restrict_->user_id,
                      .before = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("restricted", was_restricted)),
                      .after = AUDIT_FACTS(tx->cx, AUDIT_WHOLE("restricted", !was_restricted))});
    row.restricted_at = restrict_->is_restricted ? cx_now_ms(tx->cx) : ROW_NONE;
    row.restricted_by = restrict_->is_restricted ? audit_actor_id(tx) : STR("");
    TRY(privacy_choices_put(tx, &row));
    return restrict_->is_by_operator ? tell(command->app, tx, restrict_) : OK;
}

void privacy_restrict(struct app *app, struct privacy_restrict *restrict_) {
    restrict_->command.run = run_restrict;
    restrict_->command.after = NULL;
    command_submit(app, &restrict_->command);
}
