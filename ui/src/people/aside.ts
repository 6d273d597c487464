// What the frame of every page shows of people, when it is time: in one fetch.

export { LookingBanner } from './LookingBanner';
export { StepUpDialog } from './StepUpDialog';
