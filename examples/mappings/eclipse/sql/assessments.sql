SELECT "assessmentReference", "personId", "assessmentForm", "startDate", "authorisedDate", "eligibilityDecision",
       participants, outcome, summary, state
  FROM assessments
 WHERE "startDate" <= :period_end
