"""The sections of the HTML report: each a function from a result's figures to markup."""
