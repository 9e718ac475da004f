SELECT "reviewReference", "personId", "reviewForm", "startDate", "authorisedDate", "goalsAchieved", participants, outcome,
       summary, state
  FROM reviews
 WHERE "startDate" <= :period_end
