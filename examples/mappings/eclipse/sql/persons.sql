-- One row for each person. Invented table and column names: put those of your warehouse in their place.
SELECT "personId", "nhsNumber", forename, surname, "dateOfBirth", "diedDate", gender, ethnicity, "personType",
       postcode, "primarySupportReason", "accommodationType", "employmentStatus", "hasCarer", "autismStatus",
       "sightStatus", "hearingStatus", "dementiaStatus", "fundingStatus", "gpPracticeCode", "isTestPerson"
  FROM persons
