/* Guards: what is sealed in a row can be read at its place alone, under keys that only the right
 * key-encryption key unwraps; and what was sealed under a key that is destroyed is gone, for who
 * has yesterday's rows as well. */
#include "store/keyring.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"
#include "store/customer.h"
#include "store/data_key.h"
#include "store/key_walk.h"
#include "store/mail.h"
#include "store/queries.h"
#include "store/sealed.h"
#include "store/setting.h"

static const struct kek_list first_key = {{{1}}, 1};
static const struct kek_list other_key = {{{2}}, 1};
static const struct kek_list both_keys = {{{2}, {1}}, 2};

enum { RAW_CUSTOMER, RAW_PASTE, RAW_MAIL_SUPPRESSION, OWN_STATEMENT_COUNT };

/* What lies in the file, past the store. */
static const struct db_statement raw_statements[] = {
    [RAW_CUSTOMER] = {"raw_customer", "select email, name from customers where user_id = ?1"},
    [RAW_PASTE] = {"raw_paste", "update customers set email = ?2 where user_id = ?1"},
    [RAW_MAIL_SUPPRESSION] = {"raw_mail_suppression",
                              "insert into mail_suppressions (address, reason, created_at) "
                              "values (?1, 'gone', 5)"},
};

struct shelf {
    struct env_sim *sim;
    struct vfs_sim *vfs;
    struct env *env;
    struct arena arena;
    struct cx cx;
    struct key_safe *safe;
    struct db *raw;
    struct tx tx; /* the writer's */
};

static struct db *open_db(struct shelf *shelf, bool is_raw) {
    struct db *db = NULL;
    struct db_options options = {.path = "store.db",
                                 .statements = is_raw ? raw_statements : q_statements,
                                 .statement_count =
                                     is_raw ? (size_t)OWN_STATEMENT_COUNT : Q_STATEMENT_COUNT,
                                 .application = "TPKE",
                                 .sim = shelf->vfs};
    assert_ok(db_open(&shelf->cx, &options, &db));
    return db;
}

static int set_up(void **state) {
    struct shelf *shelf = test_calloc(1, sizeof *shelf);
    bool is_new = false;
    shelf->sim = env_sim_create(1);
    shelf->env = env_sim_env(shelf->sim);
    assert_ok(vfs_sim_create(shelf->env, 512, &shelf->vfs));
    arena_init(&shelf->arena, shelf->env, 1 << 24);
    cx_init(&shelf->cx, shelf->env, &shelf->arena);
    shelf->tx.cx = &shelf->cx;
    shelf->tx.db = open_db(shelf, false);
    assert_ok(db_migrate(&shelf->cx, shelf->tx.db, &q_schema));
    assert_ok(key_safe_create(shelf->env, &first_key, &shelf->safe));
    assert_ok(keyring_create(shelf->safe, &shelf->tx.keyring));
    assert_ok(keyring_prepare(&shelf->tx, &is_new));
    assert_true(is_new);
    shelf->raw = open_db(shelf, true);
    *state = shelf;
    return 0;
}

static int tear_down(void **state) {
    struct shelf *shelf = *state;
    db_close(shelf->raw);
    db_close(shelf->tx.db);
    keyring_free(shelf->tx.keyring);
    key_safe_destroy(shelf->safe);
    arena_finish(&shelf->arena);
    vfs_sim_destroy(shelf->vfs);
    env_sim_destroy(shelf->sim);
    test_free(shelf);
    return 0;
}
#define KEYRING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void insert(struct shelf *shelf, const char *user_id, const char *email) {
    struct customer_row row = {
        .user_id = str_from_cstr(user_id),
        .email = str_from_cstr(email),
        .name = STR("Someone"),
        .currency = STR("usd"),
    };
    assert_ok(customer_insert(&shelf->tx, &row));
}

static struct str raw_email(struct shelf *shelf, const char *user_id) {
    struct db_rows rows = {0};
    bool has_row = false;
    assert_ok(db_query(shelf->raw, RAW_CUSTOMER, DB_ARGS(db_text(str_from_cstr(user_id))), &rows));
    assert_ok(db_next(&rows, &has_row));
    assert_true(has_row);
    struct str text = arena_str(&shelf->arena, db_column_str(&rows, 0));
    db_rows_finish(&rows);
    return text;
}

static void paste(struct shelf *shelf, const char *user_id, struct str text) {
    assert_ok(db_run(shelf->raw, RAW_PASTE, DB_ARGS(db_text(str_from_cstr(user_id)), db_text(text)),
                     NULL));
}

static struct err read_email(struct tx *tx, const char *user_id, struct str *ret_email) {
    struct customer_row row;
    bool is_found = false;
    TRY(customer_get(tx, str_from_cstr(user_id), &row, &is_found));
    assert_true(is_found);
    *ret_email = row.email;
    return OK;
}

static void assert_email(struct tx *tx, const char *user_id, const char *expected) {
    struct str email;
    assert_ok(read_email(tx, user_id, &email));
    assert_text(email, expected);
}

/* A keyring as of a connection that comes later. */
static struct tx fresh(struct shelf *shelf) {
    struct tx tx = shelf->tx;
    assert_ok(keyring_create(shelf->safe, &tx.keyring));
    return tx;
}

static void a_text_lies_sealed_and_is_read_plain(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    insert(shelf, "alan", "alice@example.com");
    struct str raw = raw_email(shelf, "alice");
    assert_true(str_starts_with(raw, STR("s1:1:")));
    assert_false(str_equal(raw, raw_email(shelf, "alan")));
    assert_email(&shelf->tx, "alice", "alice@example.com");
    struct tx later = fresh(shelf);
    assert_email(&later, "alice", "alice@example.com");
    keyring_free(later.keyring);
}

static void what_was_there_before_keys_is_read_as_it_stands(void **state) {
    struct shelf *shelf = *state;
    static const char *const texts[] = {"plain@example.com", "s1:", "s1:x:y", ""};
    insert(shelf, "alice", "alice@example.com");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        paste(shelf, "alice", str_from_cstr(texts[i]));
        assert_email(&shelf->tx, "alice", texts[i]);
    }
}

static void a_text_opens_at_its_own_place_alone(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    insert(shelf, "bob", "bob@example.com");
    const struct sealed_place name = {&sealed_customers, CUSTOMERS_NAME, STR("alice"),
                                      STR("alice")};
    const struct sealed_place other_row = {&sealed_customers, CUSTOMERS_EMAIL, STR("alice"),
                                           STR("bob")};
    const struct sealed_place other_table = {&sealed_bank_transfers, BANK_TRANSFERS_ADDRESSES,
                                             STR("alice"), STR("alice")};
    struct str raw = raw_email(shelf, "alice");
    struct str plain;
    assert_err(sealed_read(&shelf->tx, &name, raw, &plain), ERR_CORRUPT);
    assert_err(sealed_read(&shelf->tx, &other_row, raw, &plain), ERR_CORRUPT);
    assert_err(sealed_read(&shelf->tx, &other_table, raw, &plain), ERR_CORRUPT);
    paste(shelf, "bob", raw);
    assert_err(read_email(&shelf->tx, "bob", &plain), ERR_CORRUPT);
}

static void a_text_that_was_changed_is_refused(void **state) {
    struct shelf *shelf = *state;
    struct str plain;
    insert(shelf, "alice", "alice@example.com");
    struct str raw = raw_email(shelf, "alice");
    char *bytes = (char *)(uintptr_t)raw.bytes;
    for (size_t i = 5; i < raw.len; i++) {
        char was = bytes[i];
        bytes[i] = was == 'A' ? 'B' : 'A';
        paste(shelf, "alice", raw);
        assert_err(read_email(&shelf->tx, "alice", &plain), ERR_CORRUPT);
        bytes[i] = was;
    }
    paste(shelf, "alice", STR("s1:7:AAAA")); /* of a key that is not there */
    assert_err(read_email(&shelf->tx, "alice", &plain), ERR_CORRUPT);
}

static struct err start_with(struct shelf *shelf, const struct kek_list *keks) {
    struct key_safe *safe = NULL;
    struct tx tx = shelf->tx;
    bool is_new = true;
    assert_ok(key_safe_create(shelf->env, keks, &safe));
    assert_ok(keyring_create(safe, &tx.keyring));
    struct err err = keyring_prepare(&tx, &is_new);
    assert_true(err_failed(err) || !is_new);
    keyring_free(tx.keyring);
    key_safe_destroy(safe);
    return err;
}

static void another_key_does_not_start(void **state) {
    struct shelf *shelf = *state;
    assert_ok(start_with(shelf, &first_key));
    assert_ok(start_with(shelf, &both_keys));
    assert_err(start_with(shelf, &other_key), ERR_PERMISSION);
    assert_non_null(strstr(shelf->cx.detail, "--key-file"));
}

static void rewrap_all(struct shelf *shelf) {
    struct data_key_row after = {.user_id = STR(""), .purpose = STR("")};
    struct row_list list;
    assert_ok(data_key_page(&shelf->tx, &after, 100, &list));
    assert_true(list.count > 3);
    for (size_t i = 0; i < list.count; i++) {
        bool was_done = true;
        assert_ok(
            keyring_rewrap(&shelf->tx, (const struct data_key_row *)list.items + i, &was_done));
        assert_false(was_done);
    }
}

static void wrapped_anew_the_old_key_is_not_needed(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    struct str raw = raw_email(shelf, "alice");
    key_safe_replace(shelf->safe, &both_keys);
    rewrap_all(shelf);
    assert_ok(start_with(shelf, &other_key));
    assert_err(start_with(shelf, &first_key), ERR_PERMISSION);
    key_safe_replace(shelf->safe, &other_key);
    struct tx later = fresh(shelf);
    assert_email(&later, "alice", "alice@example.com");
    assert_true(str_equal(raw, raw_email(shelf, "alice"))); /* the rows are as they were */
    keyring_free(later.keyring);
}

static void the_next_generation_seals_what_is_written_and_opens_what_was(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    assert_ok(keyring_next_generation(&shelf->tx));
    insert(shelf, "bob", "bob@example.com");
    struct customer_details_row details = {STR("alice"), STR("new@example.com"), STR("Alice"),
                                           STR("DE"), STR("{}")};
    assert_email(&shelf->tx, "alice", "alice@example.com");
    assert_true(str_starts_with(raw_email(shelf, "bob"), STR("s1:2:")));
    assert_ok(customer_set_details(&shelf->tx, &details));
    assert_true(str_starts_with(raw_email(shelf, "alice"), STR("s1:2:")));
    struct tx later = fresh(shelf);
    assert_email(&later, "alice", "new@example.com");
    insert(shelf, "carol", "carol@example.com");
    assert_true(str_starts_with(raw_email(shelf, "carol"), STR("s1:2:")));
    keyring_free(later.keyring);
}

static void what_was_made_in_vain_is_forgotten(void **state) {
    struct shelf *shelf = *state;
    assert_ok(db_begin(shelf->tx.db));
    insert(shelf, "alice", "alice@example.com");
    db_rollback(shelf->tx.db);
    keyring_undo(shelf->tx.keyring);
    insert(shelf, "alice", "alice@example.com"); /* with the key of before, it could not be read */
    struct tx later = fresh(shelf);
    assert_email(&later, "alice", "alice@example.com");
    keyring_free(later.keyring);
}

static void who_is_erased_cannot_be_read(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    insert(shelf, "bob", "bob@example.com");
    struct str yesterday = raw_email(shelf, "alice");
    struct tx reader = fresh(shelf);
    assert_email(&reader, "alice", "alice@example.com"); /* and has the key at hand */
    assert_ok(keyring_destroy(&shelf->tx, STR("alice"), KEY_PII));
    keyring_settle(shelf->tx.keyring, true);
    assert_email(&shelf->tx, "alice", "erased");
    assert_email(&reader, "alice", "erased");
    assert_email(&reader, "bob", "bob@example.com");
    paste(shelf, "alice", yesterday);
    assert_email(&reader, "alice", "erased");
    keyring_free(reader.keyring);
}

static struct str wrapped_of(struct shelf *shelf, const char *user_id) {
    struct data_key_row row;
    bool is_found = false;
    assert_ok(data_key_newest(&shelf->tx, str_from_cstr(user_id), STR("pii"), &row, &is_found));
    assert_true(is_found && row.wrapped.len > 0);
    return row.wrapped;
}

static size_t count_in(struct str content, struct str text) {
    size_t count = 0;
    const char *at = content.bytes;
    const char *end = content.bytes + content.len;
    while ((at = memmem(at, (size_t)(end - at), text.bytes, text.len)) != NULL) {
        count++;
        at += text.len;
    }
    return count;
}

/* All bytes of the database and its log, between the rows as well; the caller frees them. */
static struct str file_of(struct shelf *shelf, const char *name) {
    struct str content = {NULL, 0};
    bool exists = false;
    assert_ok(shelf->env->files.exists(shelf->env, name, &exists));
    if (exists) {
        assert_ok(env_read_file(shelf->env, name, 1 << 24, &content));
    }
    return content;
}

static size_t copies_of(struct shelf *shelf, struct str text) {
    static const char *const names[] = {"store.db", "store.db-wal"};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct str content = file_of(shelf, names[i]);
        count += content.len == 0 ? 0 : count_in(content, text);
        env_free(shelf->env, (char *)(uintptr_t)content.bytes);
    }
    return count;
}

static void scrub(struct shelf *shelf) {
    struct key_walk_row walk = {
        .kind = KEY_WALK_SCRUB, .user_cursor = STR(""), .row_cursor = STR("")};
    bool is_over = false;
    while (!is_over) {
        assert_ok(db_begin(shelf->tx.db));
        assert_ok(key_walk_step(&shelf->tx, &walk, 1, &is_over));
        assert_ok(db_commit(shelf->tx.db));
    }
    db_forget(shelf->tx.db);
    assert_ok(db_checkpoint(shelf->tx.db));
}

enum { CROWD = 4000, EVERY = 200 };

/* Of many lengths, and in no order: pages split again and again, and a few leave a copy of a row
 * behind. */
static const char *name_in_crowd(struct shelf *shelf, unsigned i) {
    unsigned mixed = i * 2654435761u;
    return arena_printf(&shelf->arena, "u%08x%.*s", mixed, (int)(mixed >> 7) % 32,
                        "-and-a-longer-name-than-of-others")
        .bytes;
}

static void gather_crowd(struct shelf *shelf) {
    assert_ok(db_begin(shelf->tx.db));
    for (unsigned i = 0; i < CROWD; i++) {
        insert(shelf, name_in_crowd(shelf, i), "a@b.c");
    }
    assert_ok(db_commit(shelf->tx.db));
    db_forget(shelf->tx.db);
    assert_ok(db_checkpoint(shelf->tx.db));
}

static void a_destroyed_key_is_nowhere_in_the_files_once_its_pages_are_clean(void **state) {
    struct shelf *shelf = *state;
    struct str wrapped[CROWD];
    struct str destroyed[CROWD];
    size_t count = 0;
    gather_crowd(shelf);
    struct str content = file_of(shelf, "store.db");
    for (unsigned i = 0; i < CROWD; i++) {
        wrapped[i] = wrapped_of(shelf, name_in_crowd(shelf, i));
        if (i % EVERY == 0 || count_in(content, wrapped[i]) > 1) {
            struct str user = str_from_cstr(name_in_crowd(shelf, i));
            destroyed[count++] = wrapped[i];
            assert_ok(keyring_destroy(&shelf->tx, user, KEY_PII));
        }
    }
    env_free(shelf->env, (char *)(uintptr_t)content.bytes);
    scrub(shelf);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(copies_of(shelf, destroyed[i]), 0);
    }
    assert_int_equal(copies_of(shelf, wrapped[1]), 1);
    assert_email(&shelf->tx, name_in_crowd(shelf, 1), "a@b.c");
    assert_email(&shelf->tx, name_in_crowd(shelf, EVERY), "erased");
}

static void what_is_written_of_the_erased_is_not_kept(void **state) {
    struct shelf *shelf = *state;
    insert(shelf, "alice", "alice@example.com");
    assert_ok(keyring_destroy(&shelf->tx, STR("alice"), KEY_PII));
    assert_ok(keyring_destroy(&shelf->tx, STR("early"), KEY_PII)); /* who had no key yet */
    assert_ok(keyring_destroy(&shelf->tx, STR("alice"), KEY_PII)); /* twice is once */
    assert_ok(keyring_next_generation(&shelf->tx));
    insert(shelf, "early", "early@example.com");
    struct customer_details_row details = {STR("alice"), STR("new@example.com"), STR("Alice"),
                                           STR("DE"), STR("{\"line1\":\"Here\"}")};
    struct str address = STR("?");
    assert_ok(customer_set_details(&shelf->tx, &details));
    assert_email(&shelf->tx, "alice", "erased");
    assert_email(&shelf->tx, "early", "erased");
    assert_text(raw_email(shelf, "alice"), "s1:0:");
    assert_ok(customer_address(&shelf->tx, STR("alice"), &address));
    assert_text(address, "");
}

static void an_address_is_found_by_its_index(void **state) {
    struct shelf *shelf = *state;
    struct mail_suppression_row row = {STR("gone@example.com"), STR("550 gone@example.com"), 5};
    bool is_found = false;
    assert_ok(
        db_run(shelf->raw, RAW_MAIL_SUPPRESSION, DB_ARGS(db_text(STR("old@example.com"))), NULL));
    assert_ok(mail_suppression_put(&shelf->tx, &row));
    assert_ok(mail_suppression_put(&shelf->tx, &row));
    assert_ok(mail_suppression_seal_all(&shelf->tx));
    assert_ok(mail_suppression_get(&shelf->tx, STR("gone@example.com"), &row, &is_found));
    assert_true(is_found);
    assert_text(row.address, "gone@example.com");
    assert_text(row.reason, "550 gone@example.com");
    assert_ok(mail_suppression_get(&shelf->tx, STR("old@example.com"), &row, &is_found));
    assert_true(is_found);
    assert_ok(mail_suppression_get(&shelf->tx, STR("else@example.com"), &row, &is_found));
    assert_false(is_found);
    struct row_list list;
    struct str after = STR("");
    for (int i = 0; i < 2; i++) {
        assert_ok(mail_suppression_page(&shelf->tx, after, 1, &list));
        assert_int_equal(list.count, 1);
        after = ((const struct mail_suppression_row *)list.items)->address;
    }
    assert_ok(mail_suppression_page(&shelf->tx, after, 1, &list));
    assert_int_equal(list.count, 0);
}

static void secret_settings_are_sealed(void **state) {
    struct shelf *shelf = *state;
    struct str value;
    assert_ok(setting_put(&shelf->tx, "mail_key", STR("secret")));
    assert_ok(setting_put(&shelf->tx, "other", STR("open")));
    struct tx blind = {.cx = &shelf->cx, .db = shelf->tx.db, .keyring = NULL};
    assert_ok(setting_get(&blind, "other", &value));
    assert_text(value, "open");
    assert_ok(setting_get(&shelf->tx, "mail_key", &value));
    assert_text(value, "secret");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        KEYRING_TEST(a_text_lies_sealed_and_is_read_plain),
        KEYRING_TEST(what_was_there_before_keys_is_read_as_it_stands),
        KEYRING_TEST(a_text_opens_at_its_own_place_alone),
        KEYRING_TEST(a_text_that_was_changed_is_refused),
        KEYRING_TEST(another_key_does_not_start),
        KEYRING_TEST(wrapped_anew_the_old_key_is_not_needed),
        KEYRING_TEST(the_next_generation_seals_what_is_written_and_opens_what_was),
        KEYRING_TEST(what_was_made_in_vain_is_forgotten),
        KEYRING_TEST(who_is_erased_cannot_be_read),
        KEYRING_TEST(a_destroyed_key_is_nowhere_in_the_files_once_its_pages_are_clean),
        KEYRING_TEST(what_is_written_of_the_erased_is_not_kept),
        KEYRING_TEST(an_address_is_found_by_its_index),
        KEYRING_TEST(secret_settings_are_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
