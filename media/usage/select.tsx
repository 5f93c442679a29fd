import type { Choice } from '../../src/usage/dashboard/common/labels';

interface SelectProps<Value> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Choice<Value>[];
  onChange(value: Value): void;
}

export function Select<Value extends string>({ label, value, options, onChange }: SelectProps<Value>) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}>
        {options.map((option) => (
          <option value={option.value}>{option.label}</option>
        ))}
      </select>
    </label>
  );
}
