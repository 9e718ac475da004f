-- :period_start and :period_end are the days in [period] of the mapping file. What the SELECT leaves out is not counted
-- by the mapping: keep to what makes it quicker, and let the mapping decide.
SELECT "enquiryReference", "personId", "receivedDate", "completedDate", "accessRoute", "supportReason", outcome, summary,
       state
  FROM enquiries
 WHERE "receivedDate" <= :period_end
