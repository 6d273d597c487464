"""Promise: the table holds what is guessed first, each once and in order, and a poor list is refused."""
import re
import unittest

import common_passwords


def enough():
    short = [f"p{n}" for n in range(common_passwords.OF_ANY_LENGTH)]
    return short + [f"longer than twelve {n}" for n in range(common_passwords.LONG + 5)]


class CommonPasswords(unittest.TestCase):
    def test_takes_the_first_and_the_first_long_ones(self):
        chosen = common_passwords.choose(["PassWord\n", *enough()])
        self.assertIn("password", chosen)
        self.assertIn("longer than twelve 9999", chosen)
        self.assertNotIn("longer than twelve 10000", chosen)
        self.assertEqual(len(chosen), common_passwords.OF_ANY_LENGTH + common_passwords.LONG)

    def test_a_short_list_is_refused(self):
        for lines in ([], enough()[:-6], ["password"] * 100_000):
            with self.assertRaises(common_passwords.Bad):
                common_passwords.choose(lines)

    def test_the_table_ascends(self):
        text = common_passwords.table(["password", "letmein", "qwertyqwerty"])
        numbers = [int(n, 16) for n in re.findall(r"0x([0-9a-f]{16})", text)]
        self.assertEqual(numbers, sorted(numbers))
        self.assertIn(0x5E884898DA280471, numbers)  # SHA-256 of "password" begins 5e884898da280471


if __name__ == "__main__":
    unittest.main()
