SELECT "carerPersonId", "hoursOfCare", "personsCaredFor", "caredForPersonId1", "caredForPersonId2", "caredForPersonId3"
  FROM caring_relationships
