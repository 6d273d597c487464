#include "app/feedback_answer.h"

#include "app/audit.h"
#include "app/mail.h"
#include "app/mail_send.h"
#include "app/mail_values.h"
#include "store/customer.h"
#include "store/person.h"

struct err feedback_read(struct tx *tx, const struct feedback_filter *filter, size_t max,
                         struct row_list *ret_list) {
    return feedback_page(tx, filter, max, ret_list);
}

/* What others may read of it: no word of the customer's. */
static struct str facts(struct tx *tx, const struct feedback_row *row) {
    struct str status = str_from_cstr(feedback_status_name((enum feedback_status)row->status));
    return AUDIT_FACTS(tx->cx, AUDIT_TEXT("status", status), AUDIT_TEXT("themes", row->themes));
}

static void say_changed(struct tx *tx, const struct feedback_row *row, struct str before) {
    audit_say(tx, &(struct audit_said){.customer = row->user_id,
                                       .object = arena_str(tx->cx->arena, id_str(&row->id)),
                                       .before = before,
                                       .after = facts(tx, row)});
}

static struct err find(struct tx *tx, struct str id, struct feedback_row *ret_row,
                       enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(feedback_get(tx, id, ret_row, &is_found));
    *ret_outcome = is_found ? OUTCOME_DONE : OUTCOME_FEEDBACK_NOT_FOUND;
    return OK;
}

/* --- themes --- */

static bool has_theme(struct str themes, struct str theme) {
    while (themes.len > 0) {
        if (str_equal(str_cut(&themes, ' '), theme)) {
            return true;
        }
    }
    return false;
}

static struct err tag_it(struct command *command, struct tx *tx) {
    struct feedback_tag *tag = (struct feedback_tag *)command;
    struct feedback_row *row = &tag->row;
    const struct str *themes = tag->themes.items;
    TRY(find(tx, tag->id, row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = facts(tx, row);
    row->themes = STR("");
    TRY(feedback_themes_drop(tx, row));
    for (size_t i = 0; i < tag->themes.count; i++) {
        if (!has_theme(row->themes, themes[i])) {
            row->themes = arena_printf(tx->cx->arena, STR_FMT "%s" STR_FMT, STR_ARG(row->themes),
                                       row->themes.len > 0 ? " " : "", STR_ARG(themes[i]));
            TRY(feedback_theme_put(tx, row, themes[i]));
        }
    }
    say_changed(tx, row, before);
    return feedback_put(tx, row);
}

static struct err run_tag(struct command *command, struct tx *tx) {
    struct feedback_tag *tag = (struct feedback_tag *)command;
    TRY(tag_it(command, tx));
    if (command->outcome == OUTCOME_DONE) {
        feedback_keep(tag->arena, &tag->row);
    }
    return OK;
}

void feedback_tag(struct app *app, struct feedback_tag *tag) {
    tag->command.run = run_tag;
    tag->command.after = NULL;
    command_submit(app, &tag->command);
}

/* --- a reply --- */

struct err feedback_reader_of(struct tx *tx, struct str user_id, struct str person_id,
                              struct feedback_reader *ret_reader) {
    struct customer_row customer;
    struct member_row member;
    struct person_row person;
    bool is_found = false;
    *ret_reader = (struct feedback_reader){STR(""), STR(""), STR("")};
    TRY(customer_get(tx, user_id, &customer, &is_found));
    if (is_found) {
        *ret_reader = (struct feedback_reader){customer.email, customer.name, customer.language};
    }
    if (!id_is(person_id, "pers")) {
        return OK;
    }
    TRY(member_get(tx, user_id, person_id, &member, &is_found));
    TRY(is_found ? person_get(tx, person_id, &person, &is_found) : OK);
    if (is_found && person.disabled_at == ROW_NONE && person.email.len > 0) {
        *ret_reader = (struct feedback_reader){person.email, person.name, person.language};
    }
    return OK;
}

static struct err may_reply(struct tx *tx, const struct feedback_row *row,
                            struct feedback_reader *ret_reader, enum outcome *ret_outcome) {
    struct mail_suppression_row suppression;
    bool is_suppressed = false;
    TRY(feedback_reader_of(tx, row->user_id, row->person_id, ret_reader));
    TRY(mail_suppression_get(tx, mail_suppressed_as(tx->cx->arena, ret_reader->address),
                             &suppression, &is_suppressed));
    *ret_outcome = row->status == FEEDBACK_CLOSED    ? OUTCOME_FEEDBACK_IS_CLOSED
                   : row->status == FEEDBACK_REPLIED ? OUTCOME_FEEDBACK_IS_REPLIED
                   : !row->may_reply                 ? OUTCOME_FEEDBACK_NO_REPLY
                   : ret_reader->address.len == 0    ? OUTCOME_FEEDBACK_NO_ADDRESS
                   : is_suppressed                   ? OUTCOME_FEEDBACK_ADDRESS_SUPPRESSED
                                                     : OUTCOME_DONE;
    return OK;
}

static struct err order_reply(struct app *app, struct tx *tx, const struct feedback_row *row,
                              const struct feedback_reader *reader) {
    struct mail_values values;
    mail_values_begin(&values, tx->cx);
    mail_values_str(&values, "said", row->comment);
    mail_values_str(&values, "reply", row->reply);
    mail_values_time(&values, "saidAt", row->created_at);
    const struct mail_order order = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_FEEDBACK_REPLY,
        .dedupe_key = arena_printf(tx->cx->arena, "feedback_reply:%s", row->id.text),
        .values = mail_values_end(&values),
        .address = reader->address,
        .name = reader->name,
        .language = reader->language,
    };
    return mail_order(app, tx, &order);
}

static struct err reply_it(struct command *command, struct tx *tx) {
    struct feedback_reply *reply = (struct feedback_reply *)command;
    struct feedback_row *row = &reply->row;
    struct feedback_reader reader;
    TRY(find(tx, reply->id, row, &command->outcome));
    if (command->outcome == OUTCOME_DONE) {
        TRY(may_reply(tx, row, &reader, &command->outcome));
    }
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = facts(tx, row);
    row->status = (int)feedback_step((enum feedback_status)row->status, FEEDBACK_REPLY).next;
    row->reply = reply->text;
    row->replied_by = audit_actor_id(tx);
    row->replied_at = cx_now_ms(tx->cx);
    say_changed(tx, row, before);
    TRY(feedback_put(tx, row));
    return order_reply(command->app, tx, row, &reader);
}

static struct err run_reply(struct command *command, struct tx *tx) {
    struct feedback_reply *reply = (struct feedback_reply *)command;
    TRY(reply_it(command, tx));
    if (command->outcome == OUTCOME_DONE) {
        feedback_keep(reply->arena, &reply->row);
    }
    return OK;
}

void feedback_reply(struct app *app, struct feedback_reply *reply) {
    reply->command.run = run_reply;
    reply->command.after = NULL;
    command_submit(app, &reply->command);
}

/* --- closing --- */

static struct err close_it(struct command *command, struct tx *tx) {
    struct feedback_close *close = (struct feedback_close *)command;
    struct feedback_row *row = &close->row;
    TRY(find(tx, close->id, row, &command->outcome));
    if (command->outcome != OUTCOME_DONE) {
        return OK;
    }
    struct str before = facts(tx, row);
    struct feedback_step step = feedback_step((enum feedback_status)row->status, FEEDBACK_CLOSE);
    if (!step.is_legal) {
        command->outcome = OUTCOME_FEEDBACK_IS_CLOSED;
        return OK;
    }
    row->status = (int)step.next;
    row->closed_at = cx_now_ms(tx->cx);
    say_changed(tx, row, before);
    return feedback_put(tx, row);
}

static struct err run_close(struct command *command, struct tx *tx) {
    struct feedback_close *close = (struct feedback_close *)command;
    TRY(close_it(command, tx));
    if (command->outcome == OUTCOME_DONE) {
        feedback_keep(close->arena, &close->row);
    }
    return OK;
}

void feedback_close(struct app *app, struct feedback_close *close) {
    close->command.run = run_close;
    close->command.after = NULL;
    command_submit(app, &close->command);
}
