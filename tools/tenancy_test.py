"""Guards: no statement reads or changes customers' rows without saying whose; what does so for a reason is listed."""
import glob
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = re.compile(r"create table (\w+) \((.*?)\n\)", re.S | re.I)
STATEMENT = re.compile(r"-- name: (\w+)\n((?:--[^\n]*\n)+)(.*?;)\n", re.S)
USED = re.compile(r"\b(?:from|join|into|update)\s+(\w+)", re.I)
WHOSE = re.compile(r"user_id\s*=\s*\?\d|user_id = \w+\.user_id|\(\s*user_id|, user_id")

# Besides those that say /*fanout*/ because they are about everybody.
REASONS = {
    "found by an id of ours that only operators' routes give, and the row says whose it is": [
        "approval_decide", "approval_hand_over", "webhook_delivery_move", "webhook_delivery_give_up", "webhook_delivery_replay_failed",
        "webhook_delivery_delete_of", "webhook_attempt_delete_of", "stripe_object_get"],
    "a chain's name is the customer's id, or empty for the operators'": [
        "audit_get", "audit_page", "audit_page_of_actor", "audit_page_of_action", "audit_pending_page",
        "audit_pending_sum"],
    "about a person, who may be of several customers": [
        "erase_person_invoice_questions", "export_memberships", "export_all_sessions", "member_of", "session_delete_of", "session_delete_all",
        "session_delete_operator", "erase_person_sessions", "erase_person_links", "erase_person_members", "erase_person_feedback",
        "erase_person_owned"],
    "about whoever a request is about, a customer or a person": ["erase_export_requests", "walk_privacy_requests_put"],
    "which of a stretch of customers were forgotten, at the start": ["erased_between"],
    "found by the hash of a random secret": [
        "session_seen", "session_prove", "session_delete", "sign_in_link_use", "sign_in_link_withdraw",
        "invitation_accept", "walk_sessions_put"],
    "forgets what is over, whoever's it was": ["session_prune", "sign_in_link_prune"],
    "whether there is any at all, at the start": ["take_has_answers", "reconcile_has_any"],
}


def texts(folder):
    for path in sorted(glob.glob(os.path.join(ROOT, "src/store", folder, "*.sql"))):
        with open(path, encoding="utf-8") as file:
            yield file.read()


def tables_of_customers(schemas):
    """Tables that have a column for whose a row is."""
    return {name for schema in schemas for name, body in TABLE.findall(schema)
            if re.search(r"^\s*user_id \{text\} not null", body, re.M)}


def statements_of_nobody(queries, tables):
    """Names of statements on such tables that do not say whose rows they mean."""
    return {name for query in queries for name, comment, sql in STATEMENT.findall(query)
            if tables.intersection(USED.findall(sql)) and "fanout" not in comment + sql and not WHOSE.search(sql)}


class Tenancy(unittest.TestCase):
    def test_every_statement_says_whose_rows_it_means(self):
        listed = {name for names in REASONS.values() for name in names}
        found = statements_of_nobody(texts("query"), tables_of_customers(texts("schema")))
        self.assertEqual(sorted(found - listed), [], "say whose, or list the reason")
        self.assertEqual(sorted(listed - found), [], "listed, and not needed")

    def test_one_that_does_not_is_found(self):
        tables = tables_of_customers(["create table invoices (\n    user_id {text} not null,\n    id {text}\n) {strict};"])
        self.assertEqual(tables, {"invoices"})
        for sql, is_found in (("select id from invoices where id = ?1;", True),
                              ("update invoices set id = ?1;", True),
                              ("select id from invoices where user_id = ?1 and id = ?2;", False),
                              ("select id /*fanout*/ from invoices;", False),
                              ("insert into invoices (user_id, id) values (?1, ?2);", False),
                              ("select id from settings;", False)):
            query = f"-- name: one\n-- What?\n{sql}\n"
            self.assertEqual(statements_of_nobody([query], tables), {"one"} if is_found else set(), sql)


if __name__ == "__main__":
    unittest.main()
