SELECT "packageLineReference", "personId", "serviceName", "budgetType", "startDate", "endDate", "endReason",
       "cqcLocationId", summary, state
  FROM packages
 WHERE "startDate" <= :period_end
   AND ("endDate" IS NULL OR "endDate" >= :period_start)
