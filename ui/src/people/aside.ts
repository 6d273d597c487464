// What the frame of every page shows of people, when it is time, and two pages of how they read them: in one fetch.

export { LookingBanner } from './LookingBanner';
export { SettingsSection } from './SettingsSection';
export { StepUpDialog } from './StepUpDialog';
