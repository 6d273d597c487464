/* Guards: the bytes that are hashed and signed are those of the standards, and whatever is done to
 * a chain afterwards is found at the row where it was done. */
#include "core/audit_check.h"

#include "base/testing.h"
#include "core/jcs.h"

static void assert_hash(struct hash hash, const char *hex) {
    char text[SHA256_HEX];
    str_hex(hash.bytes, SHA256_SIZE, text);
    assert_text(str_of(text, sizeof text), hex);
}

/* --- the canonical form --- */

static void assert_json(const struct jcs_member *members, size_t count, const char *expected) {
    char text[512];
    size_t len = jcs_write(members, count, NULL);
    assert_true(len <= sizeof text);
    assert_int_equal(jcs_write(members, count, text), len);
    assert_text(str_of(text, len), expected);
}

static void test_members_are_sorted(void **state) {
    (void)state;
    const struct jcs_member members[] = {
        {.name = "seq", .kind = JCS_WHOLE, .whole = 1},
        {.name = "before", .kind = JCS_RAW, .text = STR("{\"a\":1}")},
        {.name = "actor", .kind = JCS_TEXT, .text = STR("usr_1")},
        {.name = "actorKind", .kind = JCS_TEXT, .text = STR("operator")},
    };
    assert_json(members, ARRAY_LEN(members),
                "{\"actor\":\"usr_1\",\"actorKind\":\"operator\",\"before\":{\"a\":1},\"seq\":1}");
    assert_json(NULL, 0, "{}");
}

/* RFC 8785, 3.2.2.2: what is escaped, and how; all else stands as it is. */
static void test_texts(void **state) {
    (void)state;
    const struct jcs_member members[] = {
        {.name = "s",
         .kind = JCS_TEXT,
         .text = STR("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/\b\t\f\r\x1f\x7f\xc3\xb6")},
    };
    assert_json(
        members, 1,
        "{\"s\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\\r\\u001f\x7f\xc3\xb6\"}");
}

static void test_numbers(void **state) {
    (void)state;
    const struct jcs_member members[] = {
        {.name = "a", .kind = JCS_WHOLE, .whole = 0},
        {.name = "b", .kind = JCS_WHOLE, .whole = -1},
        {.name = "c", .kind = JCS_WHOLE, .whole = JCS_WHOLE_MAX},
        {.name = "d", .kind = JCS_WHOLE, .whole = -JCS_WHOLE_MAX},
    };
    assert_json(members, 4, "{\"a\":0,\"b\":-1,\"c\":9007199254740991,\"d\":-9007199254740991}");
}

static void test_what_was_written_is_found(void **state) {
    (void)state;
    struct str object =
        STR("{\"a\":\"x\\\"},{\",\"b\":{\"c\":\"no\",\"d\":[1,2]},\"c\":12,\"e\":\"\"}");
    struct str text;
    int64_t whole = 0;
    assert_text(jcs_find(object, "a"), "\"x\\\"},{\"");
    assert_text(jcs_find(object, "b"), "{\"c\":\"no\",\"d\":[1,2]}");
    assert_text(jcs_find(object, "c"), "12");
    assert_text(jcs_find(object, "e"), "\"\"");
    assert_text(jcs_find(object, "d"), "");
    assert_text(jcs_find(STR("{}"), "a"), "");
    assert_text(jcs_find(STR(""), "a"), "");
    assert_text(jcs_find(STR("{\"a\":\"never ends"), "b"), "");
    assert_true(jcs_is_text(jcs_find(object, "a"), STR("x\"},{")));
    assert_false(jcs_is_text(jcs_find(object, "c"), STR("12")));
    assert_false(jcs_plain(jcs_find(object, "a"), &text));
    assert_true(jcs_whole(jcs_find(object, "c"), &whole) && whole == 12);
    assert_false(jcs_whole(jcs_find(object, "b"), &whole));
}

/* --- the chain --- */

static const char *const vector[] = {
    "{\"action\":\"plan.change\",\"actor\":\"usr_1\",\"seq\":1}",
    "{\"action\":\"invoice.void\",\"actor\":\"usr_2\",\"seq\":2}",
    "{\"action\":\"refund.create\",\"actor\":\"usr_1\",\"seq\":3}",
};

static void test_vector(void **state) {
    (void)state;
    struct hash leaves[3];
    struct hash chain = {{0}};
    for (size_t i = 0; i < 3; i++) {
        leaves[i] = merkle_leaf(str_from_cstr(vector[i]));
        chain = audit_chain(&chain, &leaves[i]);
    }
    assert_hash(chain, "9d9e552c3eef16efc65a9f2abe1313d6c6baa18d18d726f73df4bee6a7c715ab");
    assert_hash(merkle_root_of(leaves, 3),
                "fca7d64e83471b0279e59eb5d2abb31fee5c04fee8073a4007d1cca5de35e31d");
}

enum { ROWS = 9 };

struct written {
    char text[ROWS][512];
    struct audit_stored rows[ROWS];
    struct audit_head heads[ROWS]; /* after each row */
    size_t count;
};

static void write_row(struct written *written, size_t i, const char *object) {
    struct audit_stored *row = &written->rows[i];
    *row = (struct audit_stored){
        .seq = (int64_t)i + 1,
        .id = STR("audt_1"),
        .actor = STR("apik_1"),
        .action = STR("plan.change"),
        .object = str_from_cstr(object),
        .at = 1768478400000,
    };
    const struct jcs_member members[] = {
        {.name = "seq", .kind = JCS_WHOLE, .whole = row->seq},
        {.name = "chain", .kind = JCS_TEXT, .text = STR("ada")},
        {.name = "id", .kind = JCS_TEXT, .text = row->id},
        {.name = "actor", .kind = JCS_TEXT, .text = row->actor},
        {.name = "action", .kind = JCS_TEXT, .text = row->action},
        {.name = "object", .kind = JCS_TEXT, .text = row->object},
        {.name = "at", .kind = JCS_TEXT, .text = STR("2026-01-15T12:00:00Z")},
    };
    row->row = str_of(written->text[i], jcs_write(members, ARRAY_LEN(members), written->text[i]));
    row->leaf = merkle_leaf(row->row);
}

/* From a row on, as whoever knows the formulas and has the database could. */
static void hash_from(struct written *written, size_t from) {
    struct hash leaves[ROWS];
    for (size_t i = 0; i < written->count; i++) {
        struct hash before = i == 0 ? (struct hash){{0}} : written->rows[i - 1].hash;
        leaves[i] = written->rows[i].leaf;
        if (i >= from) {
            written->rows[i].hash = audit_chain(&before, &leaves[i]);
            written->heads[i] =
                (struct audit_head){STR("ada"), written->rows[i].seq, written->rows[i].hash,
                                    merkle_root_of(leaves, i + 1)};
        }
    }
}

static struct written sound(void) {
    struct written written = {.count = ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        write_row(&written, i, "subs_1");
    }
    hash_from(&written, 0);
    return written;
}

static void point_again(struct written *written) {
    for (size_t i = 0; i < ROWS; i++) {
        written->rows[i].row.bytes = written->text[i];
    }
}

static void assert_found(const struct written *written, const struct audit_head *heads,
                         enum audit_fault fault, int64_t seq) {
    struct audit_check check = {.chain = STR("ada")};
    size_t told = 0;
    for (size_t i = 0; i < written->count; i++) {
        audit_check_row(&check, &written->rows[i]);
        while (heads != NULL && told < ROWS && heads[told].seq == written->rows[i].seq) {
            audit_check_head(&check, &heads[told++]);
        }
    }
    for (; heads != NULL && told < ROWS; told++) {
        audit_check_head(&check, &heads[told]);
    }
    assert_string_equal(audit_fault_name(check.fault), audit_fault_name(fault));
    assert_int_equal(check.fault_seq, seq);
}

static void test_sound(void **state) {
    (void)state;
    struct written written = sound();
    point_again(&written);
    assert_found(&written, written.heads, AUDIT_SOUND, 0);
}

static void test_every_flipped_bit_is_found(void **state) {
    (void)state;
    struct written written = sound();
    point_again(&written);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < written.rows[i].row.len * 8; k++) {
            struct audit_check check = {.chain = STR("ada")};
            written.text[i][k / 8] ^= (char)(1u << k % 8);
            for (size_t r = 0; r < ROWS; r++) {
                audit_check_row(&check, &written.rows[r]);
            }
            assert_true(check.fault == AUDIT_CHANGED || check.fault == AUDIT_MOVED);
            assert_int_equal(check.fault_seq, i + 1);
            written.text[i][k / 8] ^= (char)(1u << k % 8);
        }
        for (size_t k = 0; k < SHA256_SIZE * 8; k++) {
            written.rows[i].leaf.bytes[k / 8] ^= (uint8_t)(1u << k % 8);
            assert_found(&written, NULL, AUDIT_CHANGED, (int64_t)i + 1);
            written.rows[i].leaf.bytes[k / 8] ^= (uint8_t)(1u << k % 8);
            written.rows[i].hash.bytes[k / 8] ^= (uint8_t)(1u << k % 8);
            assert_found(&written, NULL, AUDIT_BROKEN, (int64_t)i + 1);
            written.rows[i].hash.bytes[k / 8] ^= (uint8_t)(1u << k % 8);
        }
    }
}

/* The first `count` rows behind `at` go one place forward. */
static void take_out(struct written *written, size_t at) {
    written->count--;
    for (size_t i = at; i < written->count; i++) {
        written->rows[i] = written->rows[i + 1];
    }
}

static void test_a_row_taken_out(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS - 1; i++) {
        struct written written = sound();
        point_again(&written);
        take_out(&written, i);
        assert_found(&written, NULL, AUDIT_MISSING, (int64_t)i + 1);
        for (size_t k = i; k < written.count; k++) { /* and the others numbered anew */
            written.rows[k].seq = (int64_t)k + 1;
        }
        assert_found(&written, NULL, AUDIT_MOVED, (int64_t)i + 1);
    }
}

static void test_rows_swapped(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = i + 1; k < ROWS; k++) {
            struct written written = sound();
            point_again(&written);
            struct audit_stored row = written.rows[i];
            written.rows[i] = written.rows[k];
            written.rows[k] = row;
            written.rows[i].seq = (int64_t)i + 1;
            written.rows[k].seq = (int64_t)k + 1;
            assert_found(&written, NULL, AUDIT_MOVED, (int64_t)i + 1);
        }
    }
}

static void test_a_row_put_in(void **state) {
    (void)state;
    for (size_t i = 1; i < ROWS - 1; i++) {
        struct written written = sound();
        point_again(&written);
        struct audit_stored kept = written.rows[i];
        char text[512];
        memcpy(text, written.text[i], sizeof text);
        write_row(&written, i, "subs_forged");
        written.rows[i].hash = audit_chain(&written.rows[i - 1].hash, &written.rows[i].leaf);
        /* The one that stood there is now the next, under its new number. */
        memcpy(written.text[i + 1], text, sizeof text);
        kept.row = str_of(written.text[i + 1], kept.row.len);
        kept.seq++;
        written.rows[i + 1] = kept;
        assert_found(&written, NULL, AUDIT_MOVED, (int64_t)i + 2);
    }
}

static void test_a_row_replaced(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct written written = sound();
        point_again(&written);
        struct audit_head heads[ROWS];
        memcpy(heads, written.heads, sizeof heads);
        write_row(&written, i, "subs_forged");
        written.rows[i].hash = sound().rows[i].hash;
        assert_found(&written, heads, AUDIT_BROKEN, (int64_t)i + 1);
        hash_from(&written, i); /* and all that follows from it: only what was told knows better */
        assert_found(&written, NULL, AUDIT_SOUND, 0);
        assert_found(&written, heads, AUDIT_FORKED, (int64_t)i + 1);
    }
}

static void test_an_end_cut_off(void **state) {
    (void)state;
    for (size_t count = 0; count < ROWS; count++) {
        struct written written = sound();
        point_again(&written);
        written.count = count;
        assert_found(&written, NULL, AUDIT_SOUND, 0);
        assert_found(&written, written.heads, AUDIT_CUT, (int64_t)count + 1);
    }
}

static void test_a_row_of_another_chain(void **state) {
    (void)state;
    struct written written = sound();
    struct audit_check check = {.chain = STR("eve")};
    point_again(&written);
    audit_check_row(&check, &written.rows[0]);
    assert_int_equal(check.fault, AUDIT_MOVED);
}

static void test_what_it_is_found_by(void **state) {
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct written written = sound();
        point_again(&written);
        struct audit_stored *row = &written.rows[4];
        struct str *texts[] = {&row->id, &row->actor, &row->action, &row->object};
        if (i < ARRAY_LEN(texts)) {
            *texts[i] = STR("other");
        } else {
            row->at += 1;
        }
        assert_found(&written, written.heads, AUDIT_INDEXED, 5);
    }
}

/* --- heads and checkpoints --- */

static void test_head(void **state) {
    (void)state;
    char text[AUDIT_HEAD_MAX];
    struct audit_head head = {STR("a\"da"), 7, {{1}}, {{2}}};
    size_t len = audit_head_write(&head, text);
    assert_text(str_of(text, len),
                "{\"chain\":\"a\\\"da\",\"hash\":\"01000000000000000000000000000000000000000000"
                "00000000000000000000\",\"root\":\"020000000000000000000000000000000000000000"
                "0000000000000000000000\",\"seq\":7}");
    char longest[AUDIT_CHAIN_NAME_MAX];
    memset(longest, 1, sizeof longest);
    head.chain = str_of(longest, sizeof longest);
    assert_true(audit_head_write(&head, text) <= sizeof text);
}

static void test_note(void **state) {
    (void)state;
    char body[AUDIT_NOTE_MAX];
    char text[2 * AUDIT_NOTE_MAX];
    const uint8_t key[AUDIT_KEY_SIZE] = {9};
    const uint8_t other_key[AUDIT_KEY_SIZE] = {8};
    uint8_t signature[AUDIT_SIGNATURE_SIZE];
    memset(signature, 5, sizeof signature);
    struct audit_checkpoint checkpoint = {STR("turnpike/inst_1"), 12, {{0xff, 1}}};
    size_t body_len = audit_checkpoint_write(&checkpoint, body);
    assert_text(str_of(body, body_len),
                "turnpike/inst_1\n12\n/wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    size_t len = audit_note_write(str_of(body, body_len), key, signature, text);
    struct str rest = str_of(text, len);
    struct audit_note note;
    assert_false(audit_note_read(&rest, other_key, &note));
    assert_true(audit_note_read(&rest, key, &note));
    assert_int_equal(rest.len, 0);
    assert_text(note.checkpoint.origin, "turnpike/inst_1");
    assert_int_equal(note.checkpoint.size, 12);
    assert_true(hash_equal(&note.checkpoint.root, &checkpoint.root));
    assert_memory_equal(note.signature, signature, sizeof signature);
    assert_int_equal(note.body.len, body_len);
    /* Others may sign beside us, and notes may follow each other. */
    static const char witness[] = "\xe2\x80\x94 witness.example/w1 AAAA\n\n";
    memcpy(text + len, witness, sizeof witness - 1);
    memcpy(text + len + sizeof witness - 1, text, len);
    rest = str_of(text, 2 * len + sizeof witness - 1);
    assert_true(audit_note_read(&rest, key, &note));
    assert_int_equal(rest.len, len);
    assert_true(audit_note_read(&rest, key, &note));
    assert_int_equal(rest.len, 0);
}

static void test_what_is_no_note(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "turnpike\n",
        "turnpike\n12\n",
        "turnpike\n12\n/wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "turnpike\n12\n/wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        ("turnpike\n012\n/wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 turnpike "
         "AAAA\n"),
        "turn pike\n12\n/wEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 turn pike A\n",
        "turnpike\n12\n/wEA\n\n\xe2\x80\x94 turnpike AAAA\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str rest = str_from_cstr(texts[i]);
        struct audit_note note;
        const uint8_t key[AUDIT_KEY_SIZE] = {0};
        assert_false(audit_note_read(&rest, key, &note));
        assert_int_equal(rest.len, strlen(texts[i]));
    }
}

/* The verifier's key of golang.org/x/mod/sumdb, which is written the same way. */
static void test_key(void **state) {
    (void)state;
    static const char known[] =
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    char text[AUDIT_KEY_TEXT_MAX];
    struct str origin;
    uint8_t key[AUDIT_KEY_SIZE];
    assert_true(audit_key_read(str_from_cstr(known), &origin, key));
    assert_text(origin, "sum.golang.org");
    size_t len = audit_key_write(origin, key, text);
    assert_text(str_of(text, len), known);
    for (size_t i = 0; i < sizeof known - 1; i++) {
        char wrong[sizeof known];
        memcpy(wrong, known, sizeof known);
        wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
        assert_false(audit_key_read(str_from_cstr(wrong), &origin, key));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_are_sorted),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_was_written_is_found),
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_every_flipped_bit_is_found),
        cmocka_unit_test(test_a_row_taken_out),
        cmocka_unit_test(test_rows_swapped),
        cmocka_unit_test(test_a_row_put_in),
        cmocka_unit_test(test_a_row_replaced),
        cmocka_unit_test(test_an_end_cut_off),
        cmocka_unit_test(test_a_row_of_another_chain),
        cmocka_unit_test(test_what_it_is_found_by),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_what_is_no_note),
        cmocka_unit_test(test_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
