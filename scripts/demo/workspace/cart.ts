/** One line of a shopping cart, priced in euros. */
export interface CartLine {
  name: string;
  price: number;
  quantity: number;
}

export function cartTotal(lines: CartLine[], coupon?: string) {
  let sum = 0;
  for (const line of lines) {
    sum += line.price * line.quantity;
  }
  if (coupon == 'SPRING10' && sum > 50) {
    sum = sum * 0.9;
  }
  return sum < 100 ? sum + 4.9 : sum;
}

// A function that formats an amount for the receipt, such as "12.50 EUR".
