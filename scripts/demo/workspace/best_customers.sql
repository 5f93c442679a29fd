-- The three best customers of each month.
SELECT month, customer, revenue
FROM (
  SELECT date_trunc('month', paid_at) AS month,
         customer,
         sum(amount) AS revenue,
         rank() OVER (PARTITION BY date_trunc('month', paid_at) ORDER BY sum(amount) DESC) AS place
  FROM orders
  WHERE paid_at IS NOT NULL
  GROUP BY 1, 2
) AS ranked
WHERE place <= 3
ORDER BY month, place;
