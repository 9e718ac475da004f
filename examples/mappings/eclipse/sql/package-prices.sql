SELECT "packageLineReference", price, "priceBasis", "unitsPerWeek"
  FROM package_prices
