/* Guards: a database from before anything was sealed is sealed whole by a walk, whatever stops it
 * and how often; nothing of what it said is left in its files, and everything reads as before. And
 * that new data keys reach every row. */
#include "store/key_walk.h"
#include "store/retention.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "store/bank_transfer.h"
#include "store/billing_event.h"
#include "store/customer.h"
#include "store/data_key.h"
#include "store/invoice.h"
#include "store/keyring.h"
#include "store/mail.h"
#include "store/operation.h"
#include "store/person.h"
#include "store/queries.h"
#include "store/setting.h"
#include "store/webhook.h"

#define WORD "plain-and-personal"
enum { MAILS = 150, BEFORE = 20 };

/* One row of every table that has something to seal; ?1 is whose, ?2 which. */
enum {
    OLD_CUSTOMER,
    OLD_MAIL,
    OLD_OPERATION,
    OLD_OUTBOX,
    OLD_TRANSFER,
    OLD_METHOD,
    OLD_INVOICE,
    OLD_NOTE,
    OLD_EVENT,
    OLD_PARKED,
    OLD_ACTION,
    OLD_FIRST_DIRECTORY,
    OLD_WEBHOOK = OLD_FIRST_DIRECTORY,
    OLD_KEY,
    OLD_SETTING,
    OLD_SUPPRESSION,
    OLD_COUNT
};
static const struct db_statement old_statements[] = {
    [OLD_CUSTOMER] = {"customer", "insert into customers (user_id, email, name, country, currency, "
                                  "created_at, address, tax_ids) select ?1, '" WORD "', '" WORD
                                  "', 'DE', 'usd', 1, '" WORD "', '" WORD "' where ?2 <> ''"},
    [OLD_MAIL] = {"mail", "insert into mails (user_id, id, kind, dedupe_key, language, address, "
                          "name, thread, facts, subject, text_body, html_body, status, attempts, "
                          "next_attempt_at, created_at, last_error) values (?1, ?2, 'receipt', ?2, "
                          "'en', '" WORD "', '" WORD "', '', '" WORD "', '" WORD "', '" WORD
                          "', '" WORD "', 'sent', 1, 1, 1, '" WORD "')"},
    [OLD_OPERATION] = {"operation",
                       "insert into operations (user_id, id, kind, status, request, "
                       "result, created_at) values (?1, ?2, 'details', 'succeeded', '" WORD
                       "', '" WORD "', 1)"},
    [OLD_OUTBOX] = {"outbox",
                    "insert into outbox (user_id, id, operation_id, kind, payload, status, "
                    "attempts, next_attempt_at, created_at, last_error) values (?1, ?2, "
                    "'', 'read', '" WORD "', 'done', 1, 1, 1, '" WORD "')"},
    [OLD_TRANSFER] = {"transfer", "insert into bank_transfers (user_id, currency, addresses, "
                                  "available, updated_at) select ?1, 'usd', '" WORD
                                  "', '{}', 1 where ?2 <> ''"},
    [OLD_METHOD] = {"method", "insert into payment_methods (user_id, id, stripe_payment_method_id, "
                              "type, brand, last4, is_default, created_at) values (?1, ?2, 'pm_1', "
                              "'card', 'visa', '" WORD "', 1, 1)"},
    [OLD_INVOICE] = {"invoice",
                     "insert into invoices (user_id, id, subscription_id, "
                     "stripe_invoice_id, status, billing_reason, currency, amount, "
                     "amount_due, amount_paid, tax, period_start, period_end, "
                     "hosted_url, pdf_url, lines, created_at) values (?1, ?2, 's', 'in_1', "
                     "'paid', 'manual', 'usd', 1, 1, 1, 0, 1, 2, '" WORD "', '" WORD "', '" WORD
                     "', 1)"},
    [OLD_NOTE] = {"note",
                  "insert into credit_notes (user_id, id, stripe_credit_note_id, invoice_id, "
                  "number, status, reason, currency, amount, refunded, credited, "
                  "out_of_band, pdf_url, created_at) values (?1, ?2, 'cn_1', 'i', 'N', "
                  "'issued', '', 'usd', 1, 0, 1, 0, '" WORD "', 1)"},
    [OLD_EVENT] = {"event", "insert into billing_events (user_id, id, type, description, metadata, "
                            "created_at) values (?1, ?2, 'x', '" WORD "', '" WORD "', 1)"},
    [OLD_PARKED] = {"parked",
                    "insert into parked_customers (user_id, id, reason, "
                    "stripe_invoice_id, currency, amount, usual, parked_at, released_at, "
                    "release_reason) values (?1, ?2, 'x', '', 'usd', 1, 1, 1, 2, '" WORD "')"},
    [OLD_ACTION] = {"action", "insert into dunning_actions (user_id, idempotency_key, case_id, "
                              "action, request_hash, reason, created_at) values (?1, ?2, 'c', 'x', "
                              "'h', '" WORD "', 1)"},
    [OLD_WEBHOOK] = {"webhook",
                     "insert into webhook_events (stripe_event_id, type, object_id, body, "
                     "received_at, status, attempts, last_error) select ?2, 'x', 'o', '" WORD
                     "', 1, 'failed', 1, '" WORD "' where ?1 = ''"},
    [OLD_KEY] = {"key",
                 "insert into api_keys (key_hash, id, name, prefix, last4, scopes, "
                 "created_at) select ?2, 'id', '" WORD "', 'p', 'l', 'all', 1 where ?1 = ''"},
    [OLD_SETTING] = {"setting", "insert into settings (name, value) select 'mail_key', '" WORD
                                "' where ?1 = '' and ?2 <> ''"},
    [OLD_SUPPRESSION] = {"suppression",
                         "insert into mail_suppressions (address, reason, created_at) "
                         "select '" WORD "', '" WORD "', 1 where ?1 = '' and ?2 <> "
                         "''"},
};

struct shelf {
    struct env_sim *sim;
    struct vfs_sim *vfs;
    struct env *env;
    struct arena arena;
    struct cx cx;
    struct key_safe *safe;
    struct tx tx;
};

static struct db *open_db(struct shelf *shelf, bool is_old) {
    struct db *db = NULL;
    struct db_options options = {.path = "store.db",
                                 .statements = is_old ? old_statements : q_statements,
                                 .statement_count = is_old ? (size_t)OLD_COUNT : Q_STATEMENT_COUNT,
                                 .application = "TPKE",
                                 .sim = shelf->vfs};
    assert_ok(db_open(&shelf->cx, &options, &db));
    return db;
}

static void put(struct db *db, int statement, const char *user_id, const char *id) {
    assert_ok(db_run(db, statement,
                     DB_ARGS(db_text(str_from_cstr(user_id)), db_text(str_from_cstr(id))), NULL));
}

/* As an earlier release left it. */
static void fill(struct shelf *shelf) {
    static const char *const customers[] = {"ada", "bob", "eve"};
    struct db_schema old = {.migrations = q_migrations, .count = BEFORE};
    struct db *db = open_db(shelf, true);
    assert_int_equal(q_migrations[BEFORE - 1].version, BEFORE);
    assert_ok(db_migrate(&shelf->cx, db, &old));
    for (size_t i = 0; i < ARRAY_LEN(customers); i++) {
        for (int table = 0; table < OLD_FIRST_DIRECTORY; table++) {
            put(db, table, customers[i], "one");
        }
    }
    for (int i = 0; i < MAILS; i++) {
        put(db, OLD_MAIL, "bob", arena_printf(&shelf->arena, "mail%03d", i).bytes);
    }
    for (int table = OLD_FIRST_DIRECTORY; table < OLD_COUNT; table++) {
        put(db, table, "", "one");
    }
    put(db, OLD_MAIL, "", "alert");
    db_close(db);
}

static int set_up(void **state) {
    struct shelf *shelf = test_calloc(1, sizeof *shelf);
    shelf->sim = env_sim_create(1);
    shelf->env = env_sim_env(shelf->sim);
    assert_ok(vfs_sim_create(shelf->env, 512, &shelf->vfs));
    arena_init(&shelf->arena, shelf->env, 1 << 26);
    cx_init(&shelf->cx, shelf->env, &shelf->arena);
    shelf->tx.cx = &shelf->cx;
    fill(shelf);
    assert_ok(key_safe_create(shelf->env, &(struct kek_list){{{1}}, 1}, &shelf->safe));
    *state = shelf;
    return 0;
}

static void stop(struct shelf *shelf) {
    keyring_free(shelf->tx.keyring);
    db_close(shelf->tx.db);
    shelf->tx.keyring = NULL;
    shelf->tx.db = NULL;
}

static int tear_down(void **state) {
    struct shelf *shelf = *state;
    stop(shelf);
    key_safe_destroy(shelf->safe);
    arena_finish(&shelf->arena);
    vfs_sim_destroy(shelf->vfs);
    env_sim_destroy(shelf->sim);
    test_free(shelf);
    return 0;
}
#define WALK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void start(struct shelf *shelf) {
    bool is_new = false;
    shelf->tx.db = open_db(shelf, false);
    assert_ok(db_migrate(&shelf->cx, shelf->tx.db, &q_schema));
    assert_ok(keyring_create(shelf->safe, &shelf->tx.keyring));
    assert_ok(keyring_prepare(&shelf->tx, &is_new));
    assert_ok(mail_suppression_seal_all(&shelf->tx));
}

static void begin(struct shelf *shelf) {
    struct key_walk_row row = {
        .id = id_new(&shelf->cx, "kwlk"),
        .kind = KEY_WALK_SEAL,
        .status = STR("running"),
        .user_cursor = STR(""),
        .row_cursor = STR(""),
        .finished_at = ROW_NONE,
    };
    assert_ok(key_walk_insert(&shelf->tx, &row));
}

/* A step in its transaction, as the walk's row says where; true when it was the last. */
static bool step(struct shelf *shelf, int budget, struct key_walk_row *ret_walk) {
    bool is_running = false;
    bool is_over = false;
    assert_ok(db_begin(shelf->tx.db));
    assert_ok(key_walk_running(&shelf->tx, ret_walk, &is_running));
    assert_true(is_running);
    assert_ok(key_walk_step(&shelf->tx, ret_walk, budget, &is_over));
    ret_walk->status = is_over ? STR("done") : STR("running");
    assert_ok(key_walk_replace(&shelf->tx, ret_walk));
    assert_ok(db_commit(shelf->tx.db));
    return is_over;
}

/* Sizes and bytes of the database, once it is closed. */
static bool file_has(struct shelf *shelf, const char *word) {
    struct str content;
    assert_ok(env_read_file(shelf->env, "store.db", 1 << 24, &content));
    bool has = memmem(content.bytes, content.len, word, strlen(word)) != NULL;
    env_free(shelf->env, (char *)(uintptr_t)content.bytes);
    return has;
}

static void assert_customer(struct tx *tx, const char *user_id) {
    struct str user = str_from_cstr(user_id);
    struct customer_row customer;
    struct bank_transfer_row transfer;
    struct operation_row operation;
    struct invoice_row invoice;
    struct row_list events;
    struct str address = STR("");
    bool is_found = false;
    assert_ok(customer_get(tx, user, &customer, &is_found));
    assert_text(customer.email, WORD);
    assert_text(customer.name, WORD);
    assert_ok(customer_address(tx, user, &address));
    assert_text(address, WORD);
    assert_ok(bank_transfer_get(tx, user, &transfer, &is_found));
    assert_text(transfer.addresses, WORD);
    assert_ok(operation_get(tx, user, STR("one"), &operation, &is_found));
    assert_text(operation.request, WORD);
    assert_text(operation.result, WORD);
    assert_ok(invoice_get(tx, user, STR("one"), &invoice, &is_found));
    assert_text(invoice.lines, WORD);
    assert_ok(billing_event_page(tx, user, STR("~"), 10, &events));
    assert_text(((const struct billing_event_row *)events.items)->metadata, WORD);
}

static void assert_all_reads(struct tx *tx) {
    struct row_list mails;
    struct webhook_row event;
    struct mail_suppression_row suppression;
    struct str key;
    bool is_found = false;
    assert_customer(tx, "ada");
    assert_customer(tx, "bob");
    assert_customer(tx, "eve");
    assert_ok(mail_page(tx, &(struct mail_filter){.user_id = STR("bob")}, 1000, &mails));
    assert_int_equal(mails.count, MAILS + 1);
    for (size_t i = 0; i < mails.count; i++) {
        assert_text(((const struct mail_row *)mails.items)[i].facts, WORD);
    }
    assert_ok(webhook_get(tx, STR("one"), &event, &is_found));
    assert_text(event.body, WORD);
    assert_ok(mail_suppression_get(tx, STR(WORD), &suppression, &is_found));
    assert_text(suppression.reason, WORD);
    assert_ok(setting_get(tx, "mail_key", &key));
    assert_text(key, WORD);
}

static void a_database_of_before_is_sealed_whole_with_a_restart_after_every_step(void **state) {
    struct shelf *shelf = *state;
    struct key_walk_row walk;
    bool is_over = false;
    int steps = 0;
    assert_true(file_has(shelf, WORD));
    start(shelf);
    begin(shelf);
    stop(shelf);
    while (!is_over) {
        start(shelf);
        assert_all_reads(&shelf->tx);
        is_over = step(shelf, 20, &walk);
        steps++;
        stop(shelf);
    }
    assert_true(steps > 5);
    assert_int_equal(walk.customers, 3);
    assert_int_equal(walk.written, 3 * OLD_FIRST_DIRECTORY + MAILS + 1 + 3);
    assert_false(file_has(shelf, WORD));
    start(shelf);
    assert_all_reads(&shelf->tx);
    begin(shelf);
    while (!step(shelf, 100, &walk)) {
        /* a second walk finds nothing to do */
    }
    assert_int_equal(walk.written, 0);
    stop(shelf);
}

static struct record_id insert_person(struct shelf *shelf) {
    const struct person_row row = {
        .id = id_new(&shelf->cx, "pers"),
        .email = STR(WORD),
        .email_index = STR("index"),
        .name = STR(WORD),
        .language = STR("en"),
        .operator_role = -1,
        .password_hash = STR(""),
        .password_changed_at = ROW_NONE,
        .failed_at = ROW_NONE,
        .disabled_at = ROW_NONE,
        .code_failed_at = ROW_NONE,
    };
    assert_ok(person_insert(&shelf->tx, &row));
    return row.id;
}

static void assert_person(struct shelf *shelf, const struct record_id *id) {
    struct person_row row;
    bool is_found = false;
    assert_ok(person_get(&shelf->tx, id_str(id), &row, &is_found));
    assert_true(is_found);
    assert_text(row.email, WORD);
}

static void new_data_keys_reach_every_row(void **state) {
    struct shelf *shelf = *state;
    struct key_walk_row walk;
    start(shelf);
    const struct record_id person = insert_person(shelf);
    begin(shelf);
    while (!step(shelf, 100, &walk)) {
        /* to the end */
    }
    assert_ok(keyring_next_generation(&shelf->tx));
    begin(shelf);
    while (!step(shelf, 100, &walk)) {
        assert_all_reads(&shelf->tx);
    }
    assert_int_equal(walk.written, 3 * OLD_FIRST_DIRECTORY + MAILS + 1 + 4 + 1);
    assert_all_reads(&shelf->tx);
    assert_person(shelf, &person);
    struct retention_swept swept;
    assert_ok(retention_sweep(&shelf->tx, RETENTION_DATA_KEYS, INT64_MAX, 1000,
                              &swept)); /* those of before are not needed */
    stop(shelf);
    start(shelf);
    assert_all_reads(&shelf->tx);
    assert_person(shelf, &person);
    stop(shelf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WALK_TEST(a_database_of_before_is_sealed_whole_with_a_restart_after_every_step),
        WALK_TEST(new_data_keys_reach_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
