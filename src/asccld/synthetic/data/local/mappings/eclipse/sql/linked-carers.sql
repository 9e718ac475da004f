SELECT "carerPersonId"
  FROM linked_carers
